/** Marks in the template by which the embedded engine knows what a resource is for, and the reviewed exceptions. */
import { CfnResource, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** On functions and on whatever starts one (alias, event source mapping, integration, schedule): the function's folder. */
export const FOLDER_MARK = 'lingkaran:folder';
/** On queues, tables, secrets and the state machine: the name the design gives it. */
export const NAME_MARK = 'lingkaran:name';

/** Marks the construct's own resource, not those it made beside it. */
export function mark(construct: IConstruct, key: typeof FOLDER_MARK | typeof NAME_MARK, value: string): void {
  const resource = CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild;
  if (!CfnResource.isCfnResource(resource)) throw new Error(`${construct.node.path} is no single resource`);
  resource.addMetadata(key, value);
}

/** A rule of cdk-nag this construct breaks for a reason. */
export function accept(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}
