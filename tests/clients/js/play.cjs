// Play a tour (tests/clients/tour.py) with the JavaScript SDK: {url, steps} on standard input, one outcome
// a line on standard output, in the form of tests/clients/play.py.
"use strict";

const sdk = require("@aws-sdk/client-batch");

async function main() {
  const { url, steps } = JSON.parse(await text(process.stdin));
  const client = new sdk.BatchClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const kept = {};
  for (const step of steps) {
    if (step.control) {
      await control(url, ...step.control);
      continue;
    }
    const outcome = await take(client, step, filled(step.with, kept)).catch(refused);
    if (step.as) kept[step.as] = outcome.answer;
    process.stdout.write(JSON.stringify(outcome) + "\n");
  }
  client.destroy();
}

async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function control(url, method, path, body) {
  const answer = await fetch(`${url}/_batchemu/${path}`, { method, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

function filled(value, kept) {
  const fill = (text, name, member) => kept[name]?.[member] ?? text; // what failed has left nothing
  return JSON.parse(JSON.stringify(value).replace(/\$\{([\w-]+)\.(\w+)\}/g, fill));
}

async function take(client, step, members) {
  if (step.pages) {
    const pages = [];
    const paginate = sdk[`paginate${step.pages}`];
    for await (const page of paginate({ client, pageSize: 1 }, members)) pages.push(page[step.key]);
    return { pages };
  }
  const command = new sdk[`${step.call}Command`](members);
  let headers = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      if (step.unknown) {
        args.request.body = JSON.stringify({ ...JSON.parse(args.request.body), ...step.unknown });
        args.request.headers["content-length"] = String(Buffer.byteLength(args.request.body));
      }
      const result = await next(args);
      headers = result.response.headers;
      return result;
    },
    { step: "build", priority: "low" }, // after the body is written, before it is signed
  );
  const { $metadata, ...answer } = await client.send(command);
  if ($metadata.httpStatusCode !== 200) throw new Error(`status ${$metadata.httpStatusCode}`);
  const ignored = headers["x-batchemu-ignored"];
  return { answer, ...(ignored && { ignored }) };
}

function refused(error) {
  if (!(error instanceof sdk.BatchServiceException)) throw error;
  return {
    error: {
      name: error.name,
      message: error.message,
      status: error.$metadata.httpStatusCode,
      isClientException: error instanceof sdk.ClientException,
      hasRequestId: Boolean(error.$metadata.requestId),
    },
  };
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
