import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Activity } from '../../../infra/local/activity.ts';
import { Alarms } from '../../../infra/local/alarms.ts';
import { type Database, openDatabase } from '../../../infra/local/database.ts';
import { StageClock } from '../../../infra/local/stage-clock.ts';
import { Timekeeper } from '../../../infra/local/timekeeper.ts';
import { now as functionsNow } from '../../../shared/clock.ts';

const START = Date.parse('2026-12-01T08:00:00+07:00');
const HOUR = 3_600_000;

let database: Database;
let activity: Activity;
let clock: StageClock;
let keeper: Timekeeper;
/** Times at which an alarm is due, and what the functions' clock showed when its work began and ended. */
let due: number[];
let seen: { due: number; began: number; ended: number }[];

beforeEach(() => {
  database = openDatabase();
  activity = new Activity();
  clock = new StageClock({ database, startMilliseconds: START });
  due = [];
  seen = [];
  const source = {
    next: () => (due.length === 0 ? undefined : Math.min(...due)),
    ring: async (nowMilliseconds: number) => {
      for (const time of due.filter((candidate) => candidate <= nowMilliseconds)) {
        due.splice(due.indexOf(time), 1);
        void activity.during(async () => {
          const began = Date.parse(functionsNow());
          await sleep(30);
          seen.push({ due: time, began, ended: Date.parse(functionsNow()) });
        });
      }
    },
  };
  keeper = new Timekeeper(clock, new Alarms([source]), activity);
});
afterEach(() => {
  keeper.stop();
  clock.stop();
  database.close();
});

describe('the stage clock', () => {
  it('stands still until it is told', async () => {
    due = [START + HOUR];
    await sleep(20);
    expect(clock.now()).toBe(START);
    await keeper.advanceTo(START + 3 * HOUR);
    expect(clock.now()).toBe(START + 3 * HOUR);
    expect(seen).toEqual([{ due: START + HOUR, began: START + HOUR, ended: START + HOUR }]);
  });

  it('rings one instant after the other, each when the work before it is done', async () => {
    due = [START + 3 * HOUR, START + HOUR, START + 2 * HOUR];
    await keeper.advanceTo(START + 2 * HOUR);
    expect(seen.map((alarm) => alarm.began)).toEqual([START + HOUR, START + 2 * HOUR]);
    expect(due).toEqual([START + 3 * HOUR]);
  });

  it('that runs fast stands still while due work is done', async () => {
    due = [START + HOUR, START + 1.01 * HOUR];
    keeper.setSpeed(200_000);
    while (seen.length < 2) await sleep(5);
    expect(keeper.speed).toBe(200_000);
    for (const { due: time, began, ended } of seen) {
      expect(began).toBe(ended);
      expect(began).toBeGreaterThanOrEqual(time);
    }
    const before = clock.now();
    await sleep(20);
    expect(clock.now()).toBeGreaterThan(before);
  });

  it('does not go back, not even when the engine is killed while it runs', async () => {
    keeper.setSpeed(100_000);
    await sleep(60);
    const shown = clock.now();
    const successor = new StageClock({ database, startMilliseconds: START });
    expect(successor.now()).toBeGreaterThanOrEqual(shown);
    successor.stop();
    clock.moveTo(START);
    expect(clock.now()).toBeGreaterThan(shown - 1);
  });
});
