// What bearers of credentials get from the TypeScript SDK, native core included, at the server at ADDRESS, whose certificate the authority in CA has signed.
// CREDENTIALS is a list of {"name", "secret"}: "worker" runs a worker on QUEUE in NAMESPACE and "starter" a workflow on it, then each starts, polls and describes:
//
//	{"name": "ran", "error": "…"}                                  without error: the workflow came to its result
//	{"name": "worker", "codes": [7, 0, 7]}                         of starting, polling and describing
'use strict';
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { Client, Connection } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

const { ADDRESS: address, CA, NAMESPACE: namespace, QUEUE: taskQueue } = process.env;
const tls = { serverRootCACertificate: readFileSync(CA) };
const credentials = JSON.parse(process.env.CREDENTIALS);
const secretOf = (name) => credentials.find((c) => c.name === name).secret;
const report = (line) => console.log(JSON.stringify(line));

// codeOf is the gRPC code of what a call comes to, or what else went wrong.
async function codeOf(promise) {
  try {
    await promise;
    return 0;
  } catch (err) {
    const code = err.code ?? err.cause?.code;
    return code ?? String(err.stack ?? err);
  }
}

async function ran() {
  const connection = await Connection.connect({ address, tls, apiKey: secretOf('starter') });
  const native = await NativeConnection.connect({ address, tls, apiKey: secretOf('worker') });
  const worker = await Worker.create({
    connection: native, namespace, taskQueue, workflowsPath: require.resolve('./workflows.js'), activities: { greet: async (name) => `hello ${name}` },
  });
  const client = new Client({ connection, namespace });
  await worker.runUntil(async () => {
    const result = await client.workflow.execute('greeting', { taskQueue, workflowId: `${taskQueue}-there`, args: ['world'] });
    assert.equal(result, 'hello world');
  });
  await native.close();
  await connection.close();
}

async function tried({ name, secret }) {
  const connection = await Connection.connect({ address, tls, apiKey: secret });
  const client = new Client({ connection, namespace });
  const start = await codeOf(client.workflow.start('greeting', { taskQueue, workflowId: `${taskQueue}-tried-${name}`, args: ['nobody'] }));
  // An empty queue: what is let in waits until its time is up.
  const poll = await codeOf(connection.withDeadline(Date.now() + 2000, () =>
    connection.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: 'nothing-comes-here' }, identity: name })));
  const describe = await codeOf(client.workflow.getHandle(`${taskQueue}-there`).describe());
  await connection.close();
  report({ name, codes: [start, poll, describe] });
}

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  await ran();
  report({ name: 'ran' });
  for (const c of credentials) await tried(c);
}

main().catch((err) => {
  report({ name: 'ran', error: String(err.stack ?? err) });
  process.exitCode = 1;
});
