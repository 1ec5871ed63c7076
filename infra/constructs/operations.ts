/** What people and the system itself do to keep it right: the operators' API, the sweeper, the proof, reconciliation. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import type { CoverageLifecycle } from './coverage-lifecycle.ts';
import type { Files } from './files.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { QUEUE_NAMES } from './queues.ts';

export interface OperationsProps extends Capabilities {
  readonly lifecycle: CoverageLifecycle;
  readonly files: Files;
}

/** An HTTP API gives up after 30 seconds. */
const HTTP_TIMEOUT = Duration.seconds(29);

export class Operations extends Construct {
  readonly serveOperators: LingkaranFunction;
  readonly sweepOverdue: LingkaranFunction;
  readonly proveLedger: LingkaranFunction;
  readonly reconcileGateways: LingkaranFunction;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    this.serveOperators = this.#serveOperators(props);
    this.sweepOverdue = this.#sweepOverdue(props);
    this.proveLedger = new LingkaranFunction(this, 'ProveLedger', {
      ...props.context,
      folder: 'prove-ledger',
      timeout: Duration.minutes(15),
      memoryMegabytes: 2048,
    });
    props.books.allowTable(this.proveLedger, ['scan']);
    this.reconcileGateways = this.#reconcileGateways(props);
  }

  #serveOperators({ context, books, queues, secrets, files }: OperationsProps): LingkaranFunction {
    const serve = new LingkaranFunction(this, 'ServeOperators', {
      ...context,
      folder: 'serve-operators',
      timeout: HTTP_TIMEOUT,
      memoryMegabytes: 1024,
      isThrifty: true,
    });
    books.allowTable(serve, ['read', 'write', 'scan']);
    books.allowReminders(serve, ['read', 'scan']);
    books.allowSuppressions(serve);
    queues.allowSend(serve, ...QUEUE_NAMES);
    queues.allowRedrive(serve);
    secrets.allowRead(serve, 'operators', 'intake');
    files.allowPut(serve);
    return serve;
  }

  #reconcileGateways({ context, books, queues, secrets }: OperationsProps): LingkaranFunction {
    const reconcile = new LingkaranFunction(this, 'ReconcileGateways', {
      ...context,
      folder: 'reconcile-gateways',
      timeout: Duration.minutes(15),
    });
    books.allowTable(reconcile, ['read', 'write'], ['due']);
    queues.allowSend(reconcile, 'payments');
    secrets.allowRead(reconcile, 'gateways/xendit', 'intake');
    return reconcile;
  }

  #sweepOverdue({ context, books, queues, lifecycle }: OperationsProps): LingkaranFunction {
    const sweep = new LingkaranFunction(this, 'SweepOverdue', {
      ...context,
      folder: 'sweep-overdue',
      timeout: Duration.minutes(15),
      memoryMegabytes: 1024,
    });
    books.allowTable(sweep, ['read', 'write'], ['cohort', 'due']);
    books.allowReminders(sweep, ['read', 'put']);
    queues.allowSend(sweep, 'payments', 'funds', 'enrolments', 'nudges', 'files');
    lifecycle.allowStart(sweep);
    return sweep;
  }
}
