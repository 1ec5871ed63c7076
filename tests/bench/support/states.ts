/** How many states of the lifecycle an execution can pass; those inside a map belong to its children. */
import { repositoryTemplate } from '../../../infra/local/template/cached-template.ts';
import { localPlace } from '../../../infra/local/template/place.ts';
import { describeSystem } from '../../../infra/local/template/system.ts';
import { settingsSchema } from '../../../shared/settings.ts';

interface Definition {
  readonly States: Readonly<Record<string, { readonly Branches?: readonly Definition[] }>>;
}

function statesOf({ States }: Definition): number {
  return Object.values(States).reduce(
    (sum, { Branches = [] }) => sum + 1 + Branches.reduce((inner, branch) => inner + statesOf(branch), 0),
    0,
  );
}

export async function chargedStates(): Promise<number> {
  const template = await repositoryTemplate(settingsSchema.parse({}));
  const { machines } = describeSystem(template, localPlace('http://127.0.0.1:0'));
  return machines.reduce((sum, { definition }) => sum + statesOf(definition as Definition), 0);
}
