import { randomUUID } from "node:crypto";
import { sidOf } from "./accounts";
import { protect } from "./dpapi";
import type { PretendHost } from "./host";
import { upper } from "./paths";
import { Failure } from "./reply";
import type { Secrets } from "./secretTypes";

const TASK = "HybridIdentity\\Encrypt the client secret of the MIM Service";
const SERVICE = "FIMService";

/** What a killed run left. */
export function clearTask({ scheduler }: PretendHost): void {
    scheduler.tasks = scheduler.tasks.filter(task => task !== TASK);
}

/** The secret, encrypted by a task that runs as the account of the MIM Service. Throws Failure `secret`, with nothing changed. */
export function encrypt(host: PretendHost, { clientSecret, accountPassword }: Secrets): string {
    const { scheduler } = host;
    const logon = logonOf(host, accountPassword);
    if (scheduler.fault === "denied") {
        throw new Failure("secret", `No task could be made that runs as ${logon.account} (0x80070005): Access is denied. The Task Scheduler denies it to the account of this session. Let that account make tasks in the root folder of the Task Scheduler. Nothing was changed.`);
    }
    if (logon.logonType === 1 && !logon.account.endsWith("$") && host.passwords[upper(logon.account)] !== accountPassword) {
        scheduler.failedLogons++;
        throw new Failure("secret", `No task could be made that runs as ${logon.account} (0x8007052E): The user name or password is incorrect. The password is not that of the account. Give accountPassword the present one: each run makes one failed logon. Nothing was changed.`);
    }
    const command = `powershell.exe -NoLogo -NoProfile -NonInteractive -Command "the pipe HybridIdentity-${randomUUID().replaceAll("-", "")}"`;
    scheduler.defined.push({ account: logon.account, logonType: logon.logonType, command });
    host.registry.observed({ key: "TASK", name: TASK, notation: "string:" }, () => void scheduler.tasks.push(TASK));
    clearTask(host);
    if (scheduler.fault === "hangs") {
        throw new Failure("secret", `What runs as ${logon.account} has not answered within 60 seconds. See the history of tasks in the Task Scheduler of this host. Nothing was changed.`);
    }
    return protect(host, logon.sid, clientSecret);
}

function logonOf(host: PretendHost, password: string): { account: string; sid: string; logonType: number } {
    const notation = host.registry.read(`HKLM\\SYSTEM\\CurrentControlSet\\Services\\${SERVICE}`, "ObjectName");
    const account = /^(?:string|expand):([^]+)$/.exec(notation)?.[1];
    if (account === undefined) {
        throw new Failure("secret", `There is no service ${SERVICE} with an account here. Install the MIM Service first`);
    }
    const sid = sidOf(host, account);
    if (!sid.startsWith("S-1-")) {
        throw new Failure("secret", `The account ${account} of the service ${SERVICE} was not found (${sid.replace(/^unknown:/, "")}). It stands in the service as "Log on as" (ObjectName of its registry key). See that the account exists and that a domain controller answers, or give the service the account that it shall run as; then run again.`);
    }
    if (sid.startsWith("S-1-5-80-")) {
        throw new Failure("secret", `The service ${SERVICE} runs as the virtual account ${account}, which no task can run as`);
    }
    if (/^S-1-5-(18|19|20)$/.test(sid)) {
        return { account: sid, sid, logonType: 5 };
    }
    if (password === "" && !account.endsWith("$")) {
        throw new Failure("secret", `The service ${SERVICE} runs as ${account}. Give its password in accountPassword`);
    }
    return { account: account.replace(/^\.\\/, `${host.facts.computerName}\\`), sid, logonType: 1 };
}
