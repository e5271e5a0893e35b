// The workflows of the TypeScript conformance suite. They run in the SDK's sandbox: no clock, no network, no randomness but the SDK's.
'use strict';
const wf = require('@temporalio/workflow');

const quick = wf.proxyActivities({ startToCloseTimeout: '10s', retry: { initialInterval: '50ms', maximumAttempts: 5 } });
const local = wf.proxyLocalActivities({ startToCloseTimeout: '10s', retry: { initialInterval: '20ms' } });
const beating = wf.proxyActivities({
  startToCloseTimeout: '30s', heartbeatTimeout: '2s', retry: { maximumAttempts: 1 }, cancellationType: wf.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

const step = wf.defineUpdate('step');
const total = wf.defineQuery('total');
const note = wf.defineSignal('note');
const finish = wf.defineSignal('finish');

exports.greeting = async (name) => quick.greet(name);

exports.retried = async () => quick.failTwice();

exports.failing = async () => {
  throw wf.ApplicationFailure.nonRetryable('out of stock', 'OutOfStock', { left: 0 });
};

exports.locally = async (name) => {
  const first = await local.greet(name);
  await wf.sleep('20ms');
  return [first, await local.greet(first)];
};

exports.raced = async () => Promise.race([wf.sleep('50ms').then(() => 'timer'), wf.sleep('30s').then(() => 'late')]);

exports.notes = async () => {
  const notes = [];
  let finished = false;
  wf.setHandler(note, (n) => void notes.push(n));
  wf.setHandler(finish, () => { finished = true; });
  wf.setHandler(total, () => notes.length);
  await wf.condition(() => finished);
  return notes;
};

exports.counter = async () => {
  let sum = 0;
  let finished = false;
  wf.setHandler(step, async (n) => {
    await wf.sleep('10ms');
    const twice = await quick.double(n);
    sum += twice; // not in one line with await, which would read the sum before it waits
    return sum;
  }, { validator: (n) => { if (n <= 0) throw new Error('a step is positive'); } });
  wf.setHandler(total, () => sum);
  wf.setHandler(finish, () => { finished = true; });
  await wf.condition(() => finished && wf.allHandlersFinished());
  return sum;
};

exports.child = async (n) => {
  await wf.sleep('10ms');
  return n * n;
};

exports.parent = async (n) => {
  const squares = await Promise.all([...Array(n).keys()].map((i) => wf.executeChild('child', { args: [i] })));
  return squares.reduce((a, b) => a + b, 0);
};

exports.childThatFails = async () => {
  try {
    await wf.executeChild('failing');
  } catch (err) {
    return `${err.constructor.name}: ${err.cause.type}`;
  }
  return 'no error';
};

exports.endless = async () => {
  await wf.sleep('1h');
};

exports.canceller = async () => {
  const scope = new wf.CancellationScope();
  const running = scope.run(() => wf.executeChild('endless', { cancellationType: wf.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED }));
  await wf.sleep('20ms');
  scope.cancel();
  try {
    await running;
  } catch (err) {
    return wf.isCancellation(err);
  }
  return false;
};

exports.patient = async () => {
  try {
    return await beating.untilCancelled();
  } catch (err) {
    if (!wf.isCancellation(err)) throw err;
    await wf.CancellationScope.nonCancellable(() => quick.greet('cleanup'));
    throw err;
  }
};

exports.looped = async (left, sum) => {
  if (left > 0) {
    await wf.sleep('5ms');
    await wf.continueAsNew(left - 1, sum + left);
  }
  return sum;
};

exports.messenger = async (to) => {
  await wf.getExternalWorkflowHandle(to).signal(note, 'from afar');
  await wf.getExternalWorkflowHandle(to).signal(finish);
};

exports.remover = async (id) => wf.getExternalWorkflowHandle(id).cancel();

exports.patched = async () => {
  const way = wf.patched('new-way') ? 'new' : 'old';
  await wf.sleep('10ms');
  return way;
};

exports.described = async () => {
  wf.upsertMemo({ state: 'half way' });
  await wf.sleep('10ms');
  return wf.workflowInfo().memo.state;
};
