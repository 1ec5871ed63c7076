import { describe, expect, it } from 'vitest';
import { splitArguments, withDisposal } from '../../infra/deploy/arguments.ts';
import { deploymentEnvironment, isEmulator } from '../../infra/deploy/endpoint.ts';

describe('where a deployment goes', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['https://sqs.ap-southeast-3.amazonaws.com', false],
    ['https://lambda.ap-southeast-3.api.aws', false],
    ['https://sqs.cn-north-1.amazonaws.com.cn', false],
    ['http://127.0.0.1:4566', true],
    ['https://localhost:4566', true],
    ['https://amazonaws.com.example.org', true],
  ])('%s is an emulator: %s', (AWS_ENDPOINT_URL, expected) => {
    expect(isEmulator({ AWS_ENDPOINT_URL })).toBe(expected);
  });

  it('leaves alone what leads to an account', () => {
    const environment = { AWS_PROFILE: 'ours', AWS_REGION: 'eu-west-1' };
    expect(deploymentEnvironment(environment)).toBe(environment);
  });

  it('gives an emulator the region of the stack and credentials, unless there are some', () => {
    const AWS_ENDPOINT_URL = 'http://127.0.0.1:4566';
    expect(deploymentEnvironment({ AWS_ENDPOINT_URL, AWS_REGION: 'eu-west-1' })).toMatchObject({
      AWS_REGION: 'ap-southeast-3',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    expect(deploymentEnvironment({ AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID: '111111111111' })).toMatchObject({
      AWS_ACCESS_KEY_ID: '111111111111',
    });
  });
});

describe('what makes the template and what deploys it', () => {
  it('are told apart in every way to write them', () => {
    const words = ['-c', 'stage=a', '--verbose', '--context', 'b=1', '--context=c=2', '-cd=3', '--outputs-file', 'o'];
    expect(splitArguments(words)).toEqual({
      context: ['stage=a', 'b=1', 'c=2', 'd=3'],
      app: undefined,
      output: undefined,
      others: ['--verbose', '--outputs-file', 'o'],
    });
    expect(splitArguments(['--app', 'node app.ts', '-o', 'folder', 'Lingkaran-a'])).toEqual({
      context: [],
      app: 'node app.ts',
      output: 'folder',
      others: ['Lingkaran-a'],
    });
  });

  it.each<[string, string[], string | undefined, boolean]>([
    ['a stage of no name', [], undefined, true],
    ['a stage by its name', ['stage=try'], undefined, true],
    ['production', ['stage=production'], undefined, false],
    ['production by the environment', [], 'production', false],
    ['a stage whose disposal is decided', ['disposable=false'], undefined, false],
  ])('%s on an emulator may be thrown away: %s', (_, context, LINGKARAN_STAGE, expected) => {
    expect(withDisposal(context, { LINGKARAN_STAGE }).includes('disposable=true')).toBe(expected);
  });
});
