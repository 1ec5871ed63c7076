import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CoverId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { orderAfter } from '../../../shared/domain/self-payment.ts';
import { knownOrders } from '../../../shared/store/order-references.ts';
import { putOrder } from '../../../shared/store/self-payments.ts';
import { pledge, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

it('references of pledges and of workers’ own orders are ours, and nothing else that looks like one', async () => {
  await pledge(system, 'GNL-20261120-0A1B2C3D4E', {});
  const wanted = { package: 'JKK_JKM', termMonths: 1, amountRupiah: rupiah(16_800) } as const;
  const order = orderAfter(null, { workerId: workerIdOf(1), coverId: 'cov_a_1' as CoverId, ...wanted }, system.now());
  await putOrder(order, null);
  const ours = ['GNL-20261120-0A1B2C3D4E', order.orderReference];
  expect([...(await knownOrders([...ours, 'GNL-20261120-FFFFFFFFFF', 'GNS-20261120-FFFFFFFFFF']))]).toEqual(ours);
});
