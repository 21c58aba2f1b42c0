import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const beatMs = 5_000;
// A process id can be given to another program after a restart of the machine, so a lock must also have been touched lately.
const staleMs = 60_000;

/**
 * Runs `work` while no other set-up of this repository runs. The lock is a file with the owner's process id, touched every five seconds;
 * a lock whose owner is gone is taken over.
 * @template T
 * @param {string} file
 * @param {(owner: number) => void} onWait called once when another set-up has to be waited for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, onWait, work) {
    mkdirSync(dirname(file), { recursive: true });
    let waited = false;
    while (!take(file)) {
        const owner = readOwner(file);
        if (owner === undefined) continue;
        if (owner.stale) {
            putAside(file, owner.text);
        } else {
            if (!waited) onWait(owner.pid);
            waited = true;
            await sleep(200);
        }
    }
    const release = () => rmSync(file, { force: true });
    const beat = setInterval(() => utimesSync(file, new Date(), new Date()), beatMs);
    process.once("exit", release);
    try {
        return await work();
    } finally {
        clearInterval(beat);
        process.removeListener("exit", release);
        release();
    }
}

/** Written beside and linked into place: nobody ever reads half a lock, and only one link succeeds. */
function take(file) {
    const own = `${file}.${process.pid}`;
    writeFileSync(own, `${process.pid}\n${Date.now()}\n`);
    try {
        linkSync(own, file);
        return true;
    } catch (error) {
        if (error.code === "EEXIST") return false;
        throw error;
    } finally {
        rmSync(own, { force: true });
    }
}

function readOwner(file) {
    try {
        const text = readFileSync(file, "utf8");
        const pid = Number.parseInt(text, 10);
        return { text, pid, stale: !alive(pid) || Date.now() - statSync(file).mtimeMs > staleMs };
    } catch (error) {
        if (error.code === "ENOENT") return undefined;
        throw error;
    }
}

/** Two that wait may both see the same stale lock; the slower one must not remove the lock that the faster one took meanwhile. */
function putAside(file, staleText) {
    const aside = `${file}.stale.${process.pid}`;
    try {
        renameSync(file, aside);
        if (readFileSync(aside, "utf8") !== staleText) linkSync(aside, file);
    } catch (error) {
        if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
    } finally {
        rmSync(aside, { force: true });
    }
}

function alive(pid) {
    if (!Number.isInteger(pid) || pid <= 0) return false;
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === "EPERM";
    }
}
