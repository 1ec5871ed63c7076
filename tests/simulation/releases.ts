/**
 * What is deployed. A deploy changes settings and rotates keys while messages and executions of the release before are
 * under way; for a while invocations of both run side by side, as where an alias moves from version to version.
 */
import type { Chance } from '../support/random.ts';
import type { FaultDice } from './fault-dice.ts';
import { presentProcess } from './processes.ts';
import { type DeployedSettings, settingsOf } from './scenario.ts';
import { SECRETS, SECRETS_ROTATED } from './secrets.ts';

export interface Release {
  readonly settings: string;
  readonly secrets: Readonly<Record<string, unknown>>;
}

export class Releases {
  readonly #dice: FaultDice;
  readonly #chance: Chance;
  readonly #changed: Readonly<Record<string, unknown>>;
  readonly #tariff: unknown;
  #before: Release;
  #live: Release;

  /** @param changed secrets that stay as they are given here, whatever is deployed */
  constructor(
    dice: FaultDice,
    chance: Chance,
    settings: DeployedSettings,
    changed: Readonly<Record<string, unknown>> | undefined,
  ) {
    this.#dice = dice;
    this.#chance = chance;
    this.#changed = changed ?? {};
    this.#tariff = settings.tariff;
    this.#live = { settings: JSON.stringify(settings), secrets: { ...SECRETS, ...this.#changed } };
    this.#before = this.#live;
  }

  deploy(): void {
    this.#before = this.#live;
    const settings = JSON.stringify({ ...settingsOf(this.#chance), tariff: this.#tariff });
    this.#live = { settings, secrets: { ...SECRETS_ROTATED, ...this.#changed } };
  }

  get wasDeployed(): boolean {
    return this.#before !== this.#live;
  }

  /** The release that takes a new invocation. */
  taking(): Release {
    return this.wasDeployed && this.#dice.happens('old release still answers') ? this.#before : this.#live;
  }

  /** The release of the invocation that asks. */
  get present(): Release {
    return presentProcess()?.release ?? this.#live;
  }

  /** What a release to come, or one that was rolled back, would have written: it says more than this one knows of. */
  asWritten(body: string): string {
    if (!this.#dice.happens('message of another release')) return body;
    return JSON.stringify({ ...(JSON.parse(body) as object), saidByAnotherRelease: { contractVersion: 0 } });
  }

  /** Settings are read from the environment whenever they are needed. @returns how to give it back */
  install(): () => void {
    const { env } = process;
    Object.defineProperty(env, 'SETTINGS', { get: () => this.present.settings, configurable: true, enumerable: true });
    return () => {
      delete env.SETTINGS;
    };
  }
}
