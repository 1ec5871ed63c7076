/** Reads a synthesized template the way a reviewer does: by the design's names, not by logical ids. */
import { FOLDER_MARK, NAME_MARK } from '../../infra/marks.ts';
import { type CloudFormationResource, type SynthesizeOptions, synthesize } from '../../infra/synthesize.ts';
import { settingsSchema } from '../../shared/settings.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** Properties are asserted upon, not computed with. */
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
  readonly properties: any;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly raw: CloudFormationResource;
}

export const SETTINGS = settingsSchema.parse({});

export function resourcesOf(options: Partial<SynthesizeOptions> = {}): Resource[] {
  const template = synthesize({ stage: 'development', settings: SETTINGS, ...options });
  return Object.entries(template.Resources).map(([logicalId, raw]) => ({
    logicalId,
    type: raw.Type,
    properties: raw.Properties ?? {},
    metadata: raw.Metadata ?? {},
    raw,
  }));
}

export class Design {
  readonly resources: readonly Resource[];

  constructor(options: Partial<SynthesizeOptions> = {}) {
    this.resources = resourcesOf(options);
  }

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The one resource of that type with that mark. */
  named(type: string, name: string): Resource {
    const found = this.ofType(type).filter(
      ({ metadata }) => metadata[NAME_MARK] === name || metadata[FOLDER_MARK] === name,
    );
    if (found.length !== 1) throw new Error(`${found.length} of ${type} are called ${name}`);
    return found[0]!;
  }

  functions(): Resource[] {
    return this.ofType('AWS::Lambda::Function').filter(({ metadata }) => metadata[FOLDER_MARK]);
  }

  /** What a reference leads to. */
  behind(value: Json): Resource {
    const logicalId = logicalIdIn(value);
    const resource = this.resources.find((candidate) => candidate.logicalId === logicalId);
    if (!resource) throw new Error(`refers to nothing: ${JSON.stringify(value)}`);
    return resource;
  }

  /** The design's name of what a policy's resource is. */
  nameBehind(value: Json): string {
    if (typeof value === 'string') return value;
    const { metadata, logicalId } = this.behind(value);
    const name = String(metadata[NAME_MARK] ?? metadata[FOLDER_MARK] ?? logicalId);
    const text = JSON.stringify(value);
    const objects = /"\/(\w+)\/\*"/.exec(text)?.[1];
    if (objects) return `${name}/${objects}`;
    const index = /\/index\/(\w+)"/.exec(text)?.[1];
    if (index) return `${name}/${index}`;
    return text.includes(':execution:') ? `executions of ${name}` : name;
  }

  statementsOf(role: Resource): Statement[] {
    return this.ofType('AWS::IAM::Policy')
      .filter(({ properties }) => properties.Roles.some((held: Json) => this.behind(held) === role))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement)
      .map((statement) => ({
        actions: [statement.Action].flat(),
        resources: [statement.Resource].flat(),
        condition: statement.Condition,
      }));
  }
}

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly Json[];
  readonly condition: unknown;
}

function logicalIdIn(value: Json): string | undefined {
  const text = JSON.stringify(value);
  const [, byRef, byAttribute] = /"Ref":"(?!AWS::)(\w+)"|"Fn::GetAtt":\["(\w+)"/.exec(text) ?? [];
  return byRef ?? byAttribute;
}
