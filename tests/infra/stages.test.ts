import { describe, expect, it } from 'vitest';
import { synthesize } from '../../infra/synthesize.ts';
import { Design, SETTINGS } from './template.ts';

const CLOCK = { realEpochMs: 0, stageEpochMs: 0, speed: 1440, alarms: 'real' } as const;
const DATA = ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret'];

describe('stages', () => {
  it('refuses a scaled clock in production', () => {
    const production = { stage: 'production', settings: SETTINGS };
    expect(() => synthesize({ ...production, clock: CLOCK })).toThrow('a scaled clock is refused in production');
    expect(() => synthesize(production)).not.toThrow();
  });

  it('refuses to dispose of production', () => {
    expect(() => synthesize({ stage: 'production', settings: SETTINGS, disposable: true })).toThrow('not disposable');
  });

  it('refuses a name that cannot be one of AWS', () => {
    expect(() => synthesize({ stage: 'My Stage', settings: SETTINGS })).toThrow('not a stage name: My Stage');
  });

  it.each([0, 25, 1.5])('refuses %s hours of silence', (hours) => {
    const options = { stage: 'development', settings: SETTINGS, silenceHours: { midtrans: hours } };
    expect(() => synthesize(options)).toThrow('silence of midtrans');
  });

  it('tells every function its stage, its settings and no clock but a scaled one', () => {
    const without = new Design({ stage: 'production' }).functions();
    const withClock = new Design({ clock: CLOCK }).functions();
    expect(without.length).toBeGreaterThan(15);
    expect(withClock).toHaveLength(without.length);
    for (const { properties } of without) {
      expect(properties.Environment.Variables).toMatchObject({
        STAGE: 'production',
        SETTINGS: JSON.stringify(SETTINGS),
      });
      expect(properties.Environment.Variables).not.toHaveProperty('LINGKARAN_CLOCK');
    }
    for (const { properties } of withClock)
      expect(JSON.parse(properties.Environment.Variables.LINGKARAN_CLOCK)).toEqual(CLOCK);
  });

  it('keeps what holds data, unless the stage is disposable', () => {
    const policies = (options: object) =>
      new Set(DATA.flatMap((type) => new Design(options).ofType(type)).map(({ raw }) => raw.DeletionPolicy));
    expect(policies({ stage: 'production' })).toEqual(new Set(['Retain']));
    expect(policies({ disposable: true })).toEqual(new Set(['Delete']));
  });

  it('is the same template every time', () => {
    const options = { stage: 'development', settings: SETTINGS };
    expect(synthesize(options)).toEqual(synthesize(options));
  });
});
