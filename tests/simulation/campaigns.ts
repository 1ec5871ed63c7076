/** Campaigns that operators make and launch, and run, pause and stop as they like; and what must have come of them. */
import type { Chance } from '../support/random.ts';
import { Died } from './processes.ts';
import { askUntilAnswered } from './requests.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;
const WIB_MILLISECONDS = 7 * 3_600_000;
const MOST = 3;

function planOf(chance: Chance, number: number): object {
  const pick = <Value>(values: readonly Value[]) => values[chance.below(values.length)] as Value;
  return {
    name: `simulation ${number}`,
    audience: pick([{ everyone: true }, { sectors: ['transport'] }, { regions: ['33', '73'] }]),
    steps: pick([
      [-30, -7, 0, 30],
      [-14, -7, -1, 0, 7],
      [-20, 3],
    ]),
    arms: pick([
      [{ name: 'one', weight: 1, texts: {} }],
      [
        { name: 'one', weight: 2, texts: {} },
        { name: 'other', weight: 1, texts: {} },
      ],
    ]),
    holdOutPercent: pick([0, 20, 50]),
    metric: 'any_renewal',
    sendHour: pick([8, 9, 12]),
    priority: chance.below(5),
  };
}

export class Campaigns {
  readonly #world: World;
  readonly #ids: string[] = [];
  /** When each was last started by its schedule. */
  readonly #startedAt = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Makes one, or changes what one does. */
  async change(): Promise<void> {
    const { chance } = this.#world;
    if (this.#ids.length < MOST && (this.#ids.length === 0 || chance.happens(0.4))) return this.#make();
    const id = this.#ids[chance.below(this.#ids.length)] as string;
    const command = (['launch', 'pause', 'resume', 'resume', 'stop'] as const)[chance.below(5)] as string;
    await this.#command(id, command);
  }

  async #make(): Promise<void> {
    const body = planOf(this.#world.chance, this.#ids.length);
    const { status, body: said } = await this.#ask('', body);
    if (status !== 201) {
      // The answer was lost, and it is there.
      if (status !== 409) this.#world.watch.violated('campaign', `not made: ${status} ${said}`);
      return;
    }
    const { campaignId } = JSON.parse(said) as { campaignId: string };
    this.#ids.push(campaignId);
    await this.#command(campaignId, 'launch');
  }

  async #command(id: string, command: string): Promise<void> {
    const { status, body } = await this.#ask(`/${id}/${command}`, {});
    this.#world.did(status < 300 ? `campaign: ${command}` : `campaign refused: ${command}`);
    if (status >= 500) this.#world.watch.violated('campaign', `${command} was answered ${status}: ${body}`);
  }

  #ask(path: string, body: object) {
    return askUntilAnswered(this.#world, 'serveCampaigns', { method: 'POST', path: `/api/campaigns${path}`, body });
  }

  /** Schedules whose hour has come since they last started their campaign. */
  async runDue(): Promise<void> {
    const { schedules, milliseconds, dice } = this.#world;
    for (const [name, { hour, input }] of schedules) {
      const today = Math.floor((milliseconds + WIB_MILLISECONDS) / DAY) * DAY - WIB_MILLISECONDS + hour * 3_600_000;
      const due = today <= milliseconds ? today : today - DAY;
      const started = this.#startedAt.get(name);
      this.#startedAt.set(name, due);
      // A schedule begins with the next of its hours.
      if (started === undefined || started >= due || dice.happens('schedule missed')) continue;
      await this.#run(input);
    }
  }

  async #run(input: string): Promise<void> {
    this.#world.did('campaign run');
    try {
      await this.#world.run('runCampaign', JSON.parse(input));
    } catch (error) {
      const { name, stack } = error as Error;
      if (!(error instanceof Died) && name !== 'Transient') this.#world.watch.violated('schedule', String(stack));
    }
  }
}
