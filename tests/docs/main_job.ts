// The main job, in TypeScript, with the types that openapi-typescript made. Compiled strictly, then run.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Operation = components["schemas"]["OperationRequest"];
type Json = "application/json" | "application/problem+json";

const baseUrl = process.env["HOST"]!;
const { data: user } = await createClient<paths, Json>({ baseUrl }).POST("/v1/users", { body: {} });
const client = createClient<paths, Json>({ baseUrl, headers: { Authorization: `Bearer ${user!.token}` } });
const path = { userId: "me" };

function check(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const { data: started } = await client.POST("/v1/users/{userId}/timer/start", {
  params: { path },
  body: { sessionName: "Design", tags: ["deep"] },
});
check(started?.started.running && started.started.end === null, "started");
const { data: stopped } = await client.POST("/v1/users/{userId}/timer/stop", { params: { path } });
check(stopped?.stopped?.sessionName === "Design", "stopped");

const operations: Operation[] = [
  { op: "create", body: { start: "2026-11-20T10:00:00Z", end: "2026-11-20T11:00:00Z" } },
  { op: "update", id: stopped.stopped.id, body: { note: "With Ada" } },
];
const { data: batch } = await client.POST("/v1/users/{userId}/sessions/batch", { params: { path }, body: { operations } });
check(batch?.results.map(({ status }) => status).join() === "201,200", "batch");

const { data: report, error } = await client.GET("/v1/users/{userId}/reports/summary", {
  params: { path, query: { from: "2026-11-20", to: "2026-11-21", roundMinutes: 15, groupBy: "project,day" } },
});
check(!error && report.totalSeconds === 3600, "report");
const { error: refused } = await client.POST("/v1/users/{userId}/session", {
  params: { path },
  body: { start: "2026-11-20T10:00:00Z", end: "2026-11-20T09:00:00Z" },
});
check(refused?.errors[0]?.pointer === "#/end", "refused");
console.log("done");
