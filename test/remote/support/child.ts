/** A program that runs one command and then has nothing more to do: `child.ts <connection as JSON> [more connections]`. */
import { SessionPool } from "../../../remote/pool";
import type { Connection } from "../../../remote/types";

const pool = new SessionPool({ idleMs: 60_000, keepAliveMs: 20, dials: 1 });
const connections = process.argv.slice(2).map((text) => JSON.parse(text) as Connection);
void Promise.all(connections.map((connection) => pool.exec(connection, "run", "x", { timeoutMs: 60_000, label: "observe" }))).then(
    (results) => {
        process.stdout.write(results.map((result) => result.stdout).join(","));
    },
);
