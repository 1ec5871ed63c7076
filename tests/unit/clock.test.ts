import { afterEach, describe, expect, it, vi } from 'vitest';
import { alarmDelaySeconds } from '../../shared/clock.ts';

const clock = (speed: number, alarms: string) =>
  vi.stubEnv('LINGKARAN_CLOCK', JSON.stringify({ realEpochMs: 0, stageEpochMs: 0, speed, alarms }));

describe('how long something must be held back', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is what it says in real time', () => {
    vi.stubEnv('LINGKARAN_CLOCK', '');
    expect(alarmDelaySeconds(600)).toBe(600);
  });

  it('is what it says where queues obey the stage', () => {
    clock(1440, 'stage');
    expect(alarmDelaySeconds(600)).toBe(600);
  });

  it('is as much shorter as the stage is faster, where queues keep real time', () => {
    clock(60, 'real');
    expect(alarmDelaySeconds(600)).toBe(10);
  });

  it('never ends where the stage stands still', () => {
    clock(0, 'real');
    expect(() => alarmDelaySeconds(600)).toThrow('stands still');
  });
});
