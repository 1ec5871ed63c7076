import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../shared/settings.ts';
import { Design } from './template.ts';

const email = { from: 'kabar@lingkaran.example', configurationSet: 'lingkaran-receipts' };
const design = new Design({ settings: settingsSchema.parse({ messaging: { kind: 'providers', email } }) });

describe('e-mail', () => {
  it('is told of by SES where a configuration set is named, and is nowhere else', () => {
    const [rule] = design.ofType('AWS::Events::Rule');
    const [set] = design.ofType('AWS::SES::ConfigurationSet');
    expect(set?.properties.Name).toBe('lingkaran-receipts');
    expect(rule?.properties.EventPattern.detail.mail.tags).toEqual({ 'ses:configuration-set': ['lingkaran-receipts'] });
    expect(design.ofType('AWS::SES::ConfigurationSetEventDestination')).toHaveLength(1);
    for (const type of ['AWS::Events::Rule', 'AWS::SES::ConfigurationSet'])
      expect(new Design().ofType(type)).toEqual([]);
  });

  it('hands on no address (I9), and keeps what could not be written', () => {
    const [target] = design.ofType('AWS::Events::Rule')[0]?.properties.Targets ?? [];
    const paths = Object.values(target.InputTransformer.InputPathsMap);
    expect(paths).toHaveLength(5);
    for (const path of paths) expect(path).not.toMatch(/destination|recipient|address|headers/i);
    expect(design.nameBehind(target.DeadLetterConfig.Arn)).toBe('mail-dead');
  });
});
