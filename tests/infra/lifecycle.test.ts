import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { executionInput } from '../../shared/adapters/executions.ts';
import type { CivilDate } from '../../shared/domain/dates.ts';
import type { CohortId } from '../../shared/domain/ids.ts';
import { type Cohort, type Phase, type PhaseKind, phasesOf } from '../../shared/domain/lifecycle.ts';
import { type PhaseTask, phaseTaskSchema } from '../../shared/messages.ts';
import { Design } from './template.ts';

interface State {
  readonly Type: string;
  readonly Branches?: readonly Graph[];
  readonly ItemProcessor?: Graph & { readonly ProcessorConfig: object };
  readonly [field: string]: unknown;
}
interface Graph {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const ALIAS = 'arn:aws:lambda:ap-southeast-3:123456789012:function:run-cover-phase:live';

const design = new Design();
const machine = design.named('AWS::StepFunctions::StateMachine', 'coverage-lifecycle');
const [, definitionParts] = machine.properties.DefinitionString['Fn::Join'];
const definition: Graph = JSON.parse(
  definitionParts.map((part: unknown) => (typeof part === 'string' ? part : ALIAS)).join(''),
);

function statesOf(graph: Graph): [string, State][] {
  return Object.entries(graph.States).flatMap(([name, state]) => {
    const inside = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])];
    return [[name, state] as [string, State], ...inside.flatMap(statesOf)];
  });
}

const states = statesOf(definition);
const ofType = (type: string) => states.filter(([, { Type }]) => Type === type);

describe('coverage-lifecycle', () => {
  it('reads as the life of a cover', () => {
    const outline = (graph: Graph) =>
      statesOf(graph)
        .map(([name]) => name)
        .filter((name) => !name.includes('one shard') && !name.startsWith('Is there'))
        .sort();
    const branches = definition.States['Cover runs']!.Branches!;
    expect(Object.keys(definition.States)).toEqual([
      'Month 1 is paid with enrolment',
      'Cover runs',
      'All covers settled',
    ]);
    expect(branches.map(outline)).toMatchInlineSnapshot(`
      [
        [
          "All months are paid",
          "Count the later months",
          "Later month",
          "Month 2",
          "Month 3",
          "Take the next of them",
          "Until month 2",
          "Until month 3",
          "Until the later month",
        ],
        [
          "All reminders are out",
          "Remind 1 day before the end",
          "Remind 14 days before the end",
          "Remind 30 days after the end",
          "Remind 30 days before the end",
          "Remind 60 days after the end",
          "Remind 7 days after the end",
          "Remind 7 days before the end",
          "Remind on the end date",
          "Until 1 day before the end",
          "Until 14 days before the end",
          "Until 30 days after the end",
          "Until 30 days before the end",
          "Until 60 days after the end",
          "Until 7 days after the end",
          "Until 7 days before the end",
          "Until the end date, to remind",
        ],
        [
          "Cover ends, grace begins",
          "Lapse",
          "Until grace is over",
          "Until the end date",
        ],
      ]
    `);
  });

  it('calls the alias through which a running execution sees later code', () => {
    const references = definitionParts.filter((part: unknown) => typeof part !== 'string');
    expect(references.length).toBe(ofType('Task').length);
    for (const reference of references) {
      const alias = design.behind(reference);
      expect([alias.type, alias.properties.Name]).toEqual(['AWS::Lambda::Alias', 'live']);
      expect(alias.metadata['lingkaran:folder']).toBe('run-cover-phase');
    }
  });

  it('maps every phase over the shards, each an express child of its own', () => {
    expect(ofType('Map')).toHaveLength(2 + 1 + 8 + 2);
    for (const [, state] of ofType('Map')) {
      expect(state).toMatchObject({ ItemsPath: '$.shards', MaxConcurrency: 50, ResultPath: null });
      expect(state.ItemProcessor!.ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' });
      expect(state).not.toHaveProperty('ToleratedFailurePercentage');
    }
  });

  it('drops what a shard answers, for thousands of answers do not fit into a state', () => {
    for (const [, state] of ofType('Task')) expect(state.OutputPath).toBeNull();
  });

  it('tries again by the class of the error', () => {
    for (const [, { Retry }] of ofType('Task')) {
      const [never, again] = Retry as Record<string, unknown>[];
      expect(never).toEqual({ ErrorEquals: ['Permanent', 'InvariantBroken'], MaxAttempts: 0 });
      expect(again).toMatchObject({ BackoffRate: 2, MaxAttempts: 4, JitterStrategy: 'FULL' });
      expect(again!.ErrorEquals).toContain('Transient');
      expect(again!.ErrorEquals).toContain('Lambda.TooManyRequestsException');
      expect(again!.ErrorEquals).not.toContain('States.ALL');
    }
  });

  it('speaks JSONPath, logs everything but the data, and is traced', () => {
    expect(JSON.stringify(definition)).not.toMatch(/"QueryLanguage"|\{%/);
    expect(machine.properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(machine.properties.TracingConfiguration).toEqual({ Enabled: true });
  });

  it('may start, watch, stop and redrive its own children', () => {
    const actions = design
      .statementsOf(design.behind(machine.properties.RoleArn))
      .flatMap((statement) => statement.actions);
    expect(actions).toEqual(
      expect.arrayContaining([
        'states:StartExecution',
        'states:DescribeExecution',
        'states:StopExecution',
        'states:RedriveExecution',
        'lambda:InvokeFunction',
      ]),
    );
  });
});

async function runThrough(cohort: Cohort): Promise<PhaseTask[]> {
  const tasks: PhaseTask[] = [];
  const runPhase = (input: unknown) => {
    tasks.push(phaseTaskSchema.parse(input));
    return {};
  };
  const execution = new StateMachine(definition as ConstructorParameters<typeof StateMachine>[0]).run(
    executionInput(cohort),
    {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(ofType('Task').map(([name]) => [name, runPhase])),
        waitTimeOverrides: Object.fromEntries(ofType('Wait').map(([name]) => [name, 0])),
      },
    },
  );
  await execution.result;
  return tasks;
}

const KINDS: readonly (readonly PhaseKind[])[] = [['contribution'], ['nudge'], ['end', 'lapse']];

describe('an execution', () => {
  it.each([1, 2, 3, 4, 7])(
    'of a term of %s months runs every phase of the domain, in order, on every shard',
    async (termMonths) => {
      const cohort: Cohort = {
        cohortId: '2026-12-01-g00' as CohortId,
        startDate: '2026-12-01' as CivilDate,
        termMonths,
        group: 0,
        shards: 2,
      };
      const tasks = await runThrough(cohort);
      const expected = phasesOf(cohort);
      expect(tasks).toHaveLength(expected.length * cohort.shards);
      for (const kinds of KINDS) {
        const phases = expected.filter(({ kind }) => kinds.includes(kind)).map(({ name }: Phase) => name);
        const run = tasks.filter(({ phase }) => phases.includes(phase));
        expect(run.map(({ phase, shard }) => [phase, shard.shard])).toEqual(
          phases.flatMap((name) => [0, 1].map((shard) => [name, shard])),
        );
      }
    },
  );
});
