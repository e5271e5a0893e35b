// The conformance suite of the TypeScript SDK, native core included. It runs against the server at ADDRESS and prints a line of JSON for each test:
//
//	{"name": "signals arrive in order", "error": "…"}      without error: it passed
//
// Afterwards every history that it made is replayed.
'use strict';
const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { Client, Connection, WithStartWorkflowOperation, WorkflowFailedError, WorkflowUpdateFailedError } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } = require('@temporalio/worker');
const { heartbeat, sleep, CancelledFailure, activityInfo } = require('@temporalio/activity');

const address = process.env.ADDRESS;
const taskQueue = `typescript-${randomUUID()}`;
const ids = [];
let client;

const activities = {
  greet: async (name) => `hello ${name}`,
  double: async (n) => 2 * n,
  failTwice: async () => {
    const { attempt } = activityInfo();
    if (attempt < 3) throw new Error(`attempt ${attempt}`);
    return attempt;
  },
  untilCancelled: async () => {
    for (;;) {
      heartbeat('alive');
      await sleep(100); // throws once the cancellation has come
    }
  },
};

const newId = (name) => {
  const workflowId = `${taskQueue}/${name}/${ids.length}`;
  ids.push(workflowId);
  return workflowId;
};
const start = (name, args = [], more = {}) => client.workflow.start(name, { taskQueue, workflowId: newId(name), args, ...more });
const run = async (name, ...args) => (await start(name, args)).result();
const eventTypes = async (handle) => (await handle.fetchHistory()).events.map((e) => e.eventType);

const tests = {
  'an activity returns its result': async () => assert.equal(await run('greeting', 'world'), 'hello world'),
  'an activity is retried': async () => assert.equal(await run('retried'), 3),
  'a failure carries its type and details': async () => {
    const err = await run('failing').catch((e) => e);
    assert.ok(err instanceof WorkflowFailedError);
    assert.equal(err.cause.type, 'OutOfStock');
    assert.deepEqual(err.cause.details, [{ left: 0 }]);
  },
  'local activities': async () => assert.deepEqual(await run('locally', 'x'), ['hello x', 'hello hello x']),
  'timers race': async () => assert.equal(await run('raced'), 'timer'),
  'signals arrive in order': async () => {
    const h = await start('notes');
    for (let i = 0; i < 10; i++) await h.signal('note', i);
    assert.equal(await h.query('total'), 10);
    await h.signal('finish');
    assert.deepEqual(await h.result(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(await h.query('total'), 10); // of a closed run
  },
  'a query that nobody knows': async () => {
    const h = await start('notes');
    await assert.rejects(h.query('unknown'), /unknown/);
    await h.signal('finish');
    await h.result();
  },
  'signal with start': async () => {
    const h = await client.workflow.signalWithStart('notes', { taskQueue, workflowId: newId('notes'), signal: 'note', signalArgs: ['first'] });
    await h.signal('finish');
    assert.deepEqual(await h.result(), ['first']);
  },
  'updates are validated, answered and counted': async () => {
    const h = await start('counter');
    assert.equal(await h.executeUpdate('step', { args: [2] }), 4);
    await assert.rejects(h.executeUpdate('step', { args: [-1] }), WorkflowUpdateFailedError);
    const results = await Promise.all([1, 2, 3].map((n) => h.executeUpdate('step', { args: [n] })));
    assert.equal(Math.max(...results), 16);
    const updateId = randomUUID();
    const once = await h.executeUpdate('step', { args: [1], updateId });
    assert.equal(await h.executeUpdate('step', { args: [1], updateId }), once);
    await h.signal('finish');
    assert.equal(await h.result(), 18);
  },
  'a rejected update leaves no trace': async () => {
    const h = await start('counter');
    assert.equal(await h.query('total'), 0);
    const before = await eventTypes(h);
    await assert.rejects(h.executeUpdate('step', { args: [0] }), WorkflowUpdateFailedError);
    assert.deepEqual(await eventTypes(h), before);
    await h.signal('finish');
    await h.result();
  },
  'update with start': async () => {
    const startWorkflowOperation = new WithStartWorkflowOperation('counter', {
      taskQueue, workflowId: newId('counter'), args: [], workflowIdConflictPolicy: 'USE_EXISTING',
    });
    assert.equal(await client.workflow.executeUpdateWithStart('step', { args: [5], startWorkflowOperation }), 10);
    const h = await startWorkflowOperation.workflowHandle();
    await h.signal('finish');
    assert.equal(await h.result(), 10);
  },
  'children return their results': async () => assert.equal(await run('parent', 5), 30),
  'a child fails': async () => assert.equal(await run('childThatFails'), 'ChildWorkflowFailure: OutOfStock'),
  'a child is cancelled': async () => assert.equal(await run('canceller'), true),
  'cancellation reaches the activity, and cleanup runs': async () => {
    const h = await start('patient');
    for (;;) {
      const { raw } = await h.describe();
      if ((raw.pendingActivities ?? []).some((a) => a.heartbeatDetails)) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    await h.cancel();
    const err = await h.result().catch((e) => e);
    assert.ok(err instanceof WorkflowFailedError && err.cause instanceof CancelledFailure, String(err));
  },
  'a workflow continues as new': async () => {
    const h = await start('looped', [4, 0]);
    assert.equal(await h.result(), 10);
    assert.notEqual((await client.workflow.getHandle(h.workflowId).describe()).runId, h.firstExecutionRunId);
  },
  'a workflow signals another': async () => {
    const h = await start('notes');
    await run('messenger', h.workflowId);
    assert.deepEqual(await h.result(), ['from afar']);
  },
  'a workflow cancels another': async () => {
    const h = await start('endless');
    await run('remover', h.workflowId);
    await assert.rejects(h.result(), WorkflowFailedError);
    assert.equal((await h.describe()).status.name, 'CANCELLED');
  },
  'patches': async () => assert.equal(await run('patched'), 'new'),
  'a memo is changed': async () => {
    const h = await start('described', [], { memo: { state: 'begun' } });
    assert.equal(await h.result(), 'half way');
    assert.deepEqual((await h.describe()).memo, { state: 'half way' });
  },
  'termination': async () => {
    const h = await start('endless');
    await h.terminate('enough');
    await assert.rejects(h.result(), /enough|terminated/i);
  },
  'the same id is refused while it runs': async () => {
    const h = await start('endless');
    await assert.rejects(client.workflow.start('endless', { taskQueue, workflowId: h.workflowId, args: [] }), /already/i);
    await h.terminate();
  },
  'runs are listed and counted': async () => {
    assert.equal(await run('greeting', 'list'), 'hello list');
    const query = `TaskQueue = '${taskQueue}' AND WorkflowType = 'greeting' AND ExecutionStatus = 'Completed'`;
    const listed = [];
    for await (const w of client.workflow.list({ query })) listed.push(w.type);
    assert.ok(listed.length > 0 && listed.every((type) => type === 'greeting'));
    assert.equal((await client.workflow.count(query)).count, listed.length);
  },
};

const report = (name, err) => console.log(JSON.stringify(err ? { name, error: String(err.stack ?? err) } : { name }));

// inTime ends a test that would wait for ever.
const inTime = (promise) => {
  let timer;
  const late = new Promise((_, refuse) => { timer = setTimeout(() => refuse(new Error('it did not end within 60 s')), 60_000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await Connection.connect({ address });
  client = new Client({ connection });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./workflows.js'), logger: new DefaultLogger('ERROR') });
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle, activities, stickyQueueScheduleToStartTimeout: '2s' });
  await worker.runUntil(async () => {
    await Promise.all(Object.entries(tests).map(async ([name, test]) => {
      try {
        await inTime(test());
        report(name);
      } catch (err) {
        report(name, err);
      }
    }));
  });
  await replayAll(workflowBundle);
  await native.close();
  await connection.close();
}

// replayAll runs every history again, also of children and of the runs of a chain.
async function replayAll(workflowBundle) {
  const histories = [];
  for await (const w of client.workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
    if (w.status.name === 'RUNNING') continue;
    histories.push({ workflowId: `${w.workflowId} ${w.runId}`, history: await client.workflow.getHandle(w.workflowId, w.runId).fetchHistory() });
  }
  const failed = [];
  for await (const r of Worker.runReplayHistories({ workflowBundle, replayName: taskQueue }, histories)) {
    if (r.error) failed.push(`${r.workflowId}: ${r.error}`);
  }
  report(`${histories.length} histories are replayed`, failed.length > 0 || histories.length < ids.length - 1 ? new Error(failed.join('\n') || 'some are missing') : undefined);
}

main().catch((err) => {
  report('the suite', err);
  process.exitCode = 1;
});
