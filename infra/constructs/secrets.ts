/**
 * Secrets, by the names functions ask for. Ours get a first value when they are created and are replaced by hand:
 * `aws secretsmanager put-secret-value --secret-id lingkaran/<stage>/operators --secret-string '{"tokens":["new","old"]}'`.
 * Those of gateways come from the gateway and start without any value, which is how a gateway that is not in use looks:
 * `aws secretsmanager put-secret-value --secret-id lingkaran/<stage>/gateways/midtrans --secret-string file://midtrans.json`.
 */
import { SecretValue } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { GATEWAY_SECTIONS, type GatewaySection } from '../../shared/settings.ts';
import { accept, mark, NAME_MARK } from '../marks.ts';
import type { Stage } from '../stage.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';

export type GatewaySecretName = `gateways/${GatewaySection}`;
export const GATEWAY_SECRET_NAMES = (Object.keys(GATEWAY_SECTIONS) as GatewaySection[]).map(
  (section): GatewaySecretName => `gateways/${section}`,
);
export const SECRET_NAMES = [...GATEWAY_SECRET_NAMES, 'operators', 'intake', 'identity', 'messaging'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

const OF_GATEWAYS: Readonly<Record<GatewaySection, readonly [id: string, description: string]>> = {
  midtrans: ['Midtrans', 'Server keys and status API of Midtrans'],
  xendit: ['Xendit', 'Callback tokens and status API of Xendit'],
  doku: ['Doku', 'Client id and secret keys of DOKU'],
  stripe: ['Stripe', 'Endpoint secrets of Stripe'],
  snap: ['Snap', 'Keys of SNAP BI, by partner'],
  shopee: ['Shopee', 'Partner keys of Shopee'],
  'tiktok-shop': ['TikTokShop', 'Key and secrets of the app at TikTok Shop'],
  lazada: ['Lazada', 'Key and secrets of the app at Lazada'],
  partner: ['Partner', 'Webhook secrets of partners, by partner'],
};

/** Said twice, because emulators know only the second way. */
const LETTERS_AND_DIGITS = { excludePunctuation: true, excludeCharacters: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~' };
/** Of letters and digits only, so a length that is a multiple of four is base64 as it stands. */
const TOKEN_CHARACTERS = 64;
/** With one `=` behind it: base64 of the 32 bytes an AES-256 key has. */
const AES_KEY_CHARACTERS = 43;

/** Its attribute and not its reference: the same on AWS, but emulators take the reference for the name. */
const arnOf = (secret: Secret): string => (secret.node.defaultChild as CfnSecret).attrId;

const NO_TIMED_ROTATION =
  'Replaced by hand, current and previous accepted side by side: the other side (gateway, operators, sealed data) must follow, which a timer cannot see to.';

export class Secrets extends Construct {
  readonly #secrets: Readonly<Record<SecretName, Secret>>;
  readonly #stage: Stage;

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id);
    this.#stage = stage;
    this.#secrets = {
      ...this.#ofGateways(),
      operators: this.#filled('Operators', 'operators', 'Bearer tokens of operators, the first is current', {
        characters: TOKEN_CHARACTERS,
        wrap: (token) => `{"tokens":["${token}"]}`,
      }),
      intake: this.#filled('Intake', 'intake', 'Keys that seal bodies on their way, the first is current', {
        characters: AES_KEY_CHARACTERS,
        wrap: (key) => `{"keys":[{"keyId":"first","key":"${key}="}]}`,
      }),
      messaging: this.#filled('Messaging', 'messaging', 'Tokens of those who carry messages, by provider', {
        characters: TOKEN_CHARACTERS,
        wrap: (key) => `{"outbox":{"keys":["${key}"]}}`,
      }),
      identity: this.#generated('Identity', 'identity', 'Finds a person by NIK; a new one would find nobody', {
        characters: TOKEN_CHARACTERS,
        key: 'hmacKey',
      }),
    };
  }

  allowRead(reader: LingkaranFunction, ...names: SecretName[]): void {
    reader.addEnvironment('SECRETS_PREFIX', this.#stage.secretsPrefix);
    reader.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: names.map((name) => arnOf(this.#secrets[name])),
      }),
    );
  }

  #ofGateways(): Readonly<Record<GatewaySecretName, Secret>> {
    const made = Object.entries(OF_GATEWAYS).map(([section, [id, description]]) => {
      const name = `gateways/${section as GatewaySection}` as const;
      return [name, this.#empty(id, name, description)];
    });
    return Object.fromEntries(made);
  }

  #empty(id: string, name: SecretName, description: string): Secret {
    const secret = this.#secret(id, name, description, {});
    (secret.node.defaultChild as CfnSecret).generateSecretString = undefined;
    return secret;
  }

  #generated(id: string, name: string, description: string, { characters, key }: { characters: number; key: string }) {
    return this.#secret(id, name, description, {
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: key,
        passwordLength: characters,
        ...LETTERS_AND_DIGITS,
      },
    });
  }

  /** Secrets Manager generates only top-level strings, so the part to generate is a secret of its own. */
  #filled(
    id: string,
    name: SecretName,
    description: string,
    { characters, wrap }: { characters: number; wrap: (generated: string) => string },
  ): Secret {
    const first = this.#generated(`${id}First`, `first/${name}`, `First value of ${name}`, {
      characters,
      key: 'value',
    });
    const value = wrap(first.secretValueFromJson('value').unsafeUnwrap());
    return this.#secret(id, name, description, { secretStringValue: SecretValue.unsafePlainText(value) });
  }

  #secret(
    id: string,
    name: string,
    description: string,
    value: Pick<ConstructorParameters<typeof Secret>[2] & object, 'generateSecretString' | 'secretStringValue'>,
  ): Secret {
    const secret = new Secret(this, id, {
      secretName: `${this.#stage.secretsPrefix}${name}`,
      description,
      removalPolicy: this.#stage.removalPolicy,
      ...value,
    });
    mark(secret, NAME_MARK, name);
    accept(secret, 'AwsSolutions-SMG4', NO_TIMED_ROTATION);
    return secret;
  }
}
