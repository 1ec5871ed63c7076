/**
 * Where a real office of the registrar takes batches and brings answers, as files. The only function that shows who
 * people are, and only to the operator who asks for one batch, one list of cards or one parked line.
 */
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { civilDateOf } from '../../shared/domain/dates.ts';
import type { AllocationId } from '../../shared/domain/ids.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import { limitOf, placeOf } from '../../shared/store/listing.ts';
import { type Batch, noteExport, openBatches } from '../../shared/store/registrar-batches.ts';
import type { CardVault } from '../../shared/store/registrar-cards.ts';
import { listParked, type ParkedLine, readParked, settleParked } from '../../shared/store/registrar-parked.ts';
import { type OperatorsEnvironment, operatorsOnly, type ReadOperators } from '../serve-operators/operators-only.ts';
import { unsealedLine } from './park-lines.ts';
import { type LineResult, type TakeAnswersDependencies, takeAnswers } from './take-answers.ts';
import { takeHandovers } from './take-handovers.ts';
import { type PeopleDependencies, writeBatch, writeCards } from './write-lists.ts';

export interface ExchangeRegistrarDependencies extends TakeAnswersDependencies, PeopleDependencies {
  readonly cards: Pick<CardVault, 'puts' | 'numbersOf'>;
  readonly operators: ReadOperators;
  readonly log: Log;
}

/** Of 5,000 lines, and as much again. */
const LARGEST_BODY_BYTES = 2 * 1024 * 1024;
/** Nobody on the way keeps a copy. */
const NO_COPY = { 'cache-control': 'no-store' };

type Asking = Context<OperatorsEnvironment>;

async function bodyOf(context: Asking): Promise<Uint8Array> {
  const bytes = new Uint8Array(await context.req.arrayBuffer());
  if (bytes.length === 0) throw new Permanent('invalid_request', { field: '(body)', detail: 'the file is empty' });
  if (bytes.length > LARGEST_BODY_BYTES)
    throw new Permanent('invalid_request', { field: '(body)', detail: 'more than 2 MB: bring it in parts' });
  return bytes;
}

/** Everything that became of a file; a program reads the counts, a person the lines. */
function summary(items: readonly LineResult[]) {
  const count = (wanted: LineResult['result']) => items.filter(({ result }) => result === wanted).length;
  return {
    lines: items.length,
    taken: count('taken'),
    known: count('known'),
    parked: count('parked'),
    refused: count('refused'),
    items,
  };
}

function batchView({ allocation, exports, lastExportedAt }: Batch) {
  const { allocationId, coverIds, madeAt, submittedAt } = allocation;
  return { batchId: allocationId, covers: coverIds.length, madeAt, submittedAt, exports, lastExportedAt };
}

function parkedView({ parkedId, coverId, line, column, reason, parkedAt, settledAt, note }: ParkedLine) {
  const state = settledAt === undefined ? 'parked' : 'settled';
  return { parkedId, state, coverId, line, column, reason, parkedAt, settledAt: settledAt ?? null, note: note ?? null };
}

function pageOf<Item>(all: readonly Item[], { limit, cursor }: Record<string, string>) {
  const first = placeOf(cursor);
  const end = first + limitOf(limit);
  return { items: all.slice(first, end), nextCursor: end < all.length ? String(end) : null };
}

function asFile(context: Asking, name: string, text: string) {
  const disposition = `attachment; filename="${name}.csv"`;
  return context.body(text, 200, {
    ...NO_COPY,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': disposition,
  });
}

function batchRoutes(app: Hono<OperatorsEnvironment>, dependencies: ExchangeRegistrarDependencies): void {
  const { now, log } = dependencies;
  app.get('/api/registrar/batches', async (context) =>
    context.json(pageOf((await openBatches(now())).map(batchView), context.req.query())),
  );
  app.get('/api/registrar/batches/:id', async (context) => {
    const batchId = context.req.param('id') as AllocationId;
    const text = await writeBatch(batchId, context.req.query('spreadsheet') === 'true', dependencies);
    await noteExport(batchId, now(), context.get('operator'));
    log.info('batch exported', { allocationId: batchId });
    return asFile(context, batchId, text);
  });
}

const settleSchema = z.strictObject({ note: z.string().trim().min(1).max(500) });

function answerRoutes(app: Hono<OperatorsEnvironment>, dependencies: ExchangeRegistrarDependencies): void {
  const { now, log, sealing } = dependencies;
  app.post('/api/registrar/answers', async (context) => {
    const { items, ...counts } = summary(
      await takeAnswers(await bodyOf(context), context.get('operator'), dependencies),
    );
    log.info('answers taken in', counts);
    return context.json({ ...counts, items });
  });
  app.get('/api/registrar/answers', async (context) => {
    const wanted = context.req.query('state') ?? 'parked';
    const views = (await listParked()).map(parkedView);
    return context.json(
      pageOf(
        views.filter(({ state }) => wanted === state),
        context.req.query(),
      ),
    );
  });
  app.get('/api/registrar/answers/:id', async (context) => {
    const parked = await found(context.req.param('id'));
    const text = await unsealedLine(parked.sealedLine, sealing);
    return context.json({ ...parkedView(parked), cells: text === null ? null : JSON.parse(text) }, 200, NO_COPY);
  });
  app.post('/api/registrar/answers/:id/settle', async (context) => {
    const { parkedId } = await found(context.req.param('id'));
    const { note } = parseContract(settleSchema, parseJson(await context.req.text()));
    await settleParked(parkedId, { at: now(), by: context.get('operator'), note });
    return context.json(parkedView(await found(parkedId)));
  });
}

async function found(parkedId: string): Promise<ParkedLine> {
  const parked = await readParked(parkedId);
  if (!parked) throw new Permanent('not_found', { detail: `parked line ${parkedId}` });
  return parked;
}

function cardRoutes(app: Hono<OperatorsEnvironment>, dependencies: ExchangeRegistrarDependencies): void {
  const { now, log } = dependencies;
  app.get('/api/registrar/cards', async (context) => {
    const { region, allocationId, state = 'waiting' } = context.req.query();
    const text = await writeCards({ region, allocationId: allocationId as AllocationId }, state, dependencies);
    log.info('cards listed', { region, allocationId });
    return asFile(context, `cards-${region ?? allocationId}-${civilDateOf(now())}`, text);
  });
  app.post('/api/registrar/cards', async (context) => {
    const { items, ...counts } = summary(await takeHandovers(await bodyOf(context), context.get('operator'), now()));
    log.info('handovers taken in', counts);
    return context.json({ ...counts, items });
  });
}

export function registrarApp(dependencies: ExchangeRegistrarDependencies): Hono<OperatorsEnvironment> {
  const app = operatorsOnly(dependencies.operators);
  batchRoutes(app, dependencies);
  answerRoutes(app, dependencies);
  cardRoutes(app, dependencies);
  return app;
}
