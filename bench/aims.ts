import type { Row } from "./measure";
import { median } from "./median";
import type { MfaResults } from "./mfa";
import type { MimResults } from "./mim";
import type { Results } from "./report";
import type { SmtpLogResults } from "./smtpLogs";
import type { TenantResults } from "./tenant";

/** One aim of this library, and whether this run met it. */
export interface Aim {
    aim: string;
    met: boolean;
    /** The numbers behind it. */
    found: string;
}

/** A cell whose aim was not measured in this run gives no line. */
export function aims(results: Results): Aim[] {
    const previews = results.rows.filter(({ program, step }) => program === "library" && step.startsWith("preview"));
    const looks = previews.filter(({ step }) => step === "preview, no change");
    return [
        ...oneLook(previews),
        ...nearlyAsFastAsEmpty(looks, results),
        ...nearlyAsFastAsTuned(results),
        ...smallState(looks),
        ...littleMemory(looks),
        ...ofTenant(results.tenant),
        ...ofMim(results.mim),
        ...ofMfa(results.mfa),
        ...ofSmtpLogs(results.smtpLogs ?? []),
    ];
}

function oneLook(previews: Row[]): Aim[] {
    const more = previews.filter(({ hosts, connections, execs }) => connections !== hosts || execs !== hosts);
    const found = more.map((row) => `${nameOf(row)}: ${row.connections} connections, ${row.execs} execs`);
    const aim = "one connection and one exec a host, whatever the number of values";
    return previews.length === 0 ? [] : [{ aim, met: more.length === 0, found: found.join("; ") || `in ${previews.length} previews` }];
}

function nearlyAsFastAsEmpty(looks: Row[], { template }: Results): Aim[] {
    const empty = median(template.map(({ ms }) => ms));
    return looks
        .filter(({ hosts }) => hosts === 50)
        .map((row) => {
            const least = empty + row.start;
            const most = row.values > 100 ? 2 : 1.5;
            return {
                aim: `preview of ${nameOf(row)} at most ${most} times the preview of an empty template program plus one process start`,
                met: row.ms <= most * least,
                found: `${(row.ms / least).toFixed(2)} x (${(row.ms / 1000).toFixed(1)} s against ${(least / 1000).toFixed(1)} s)`,
            };
        });
}

function nearlyAsFastAsTuned({ rows }: Results): Aim[] {
    const first = (program: string) => rows.filter((row) => row.program === program && row.step === "up, all new" && row.hosts === 50 && row.values === 20);
    const [library, tuned, bare] = [first("library"), first("perHost"), first("bare")].map((found) => median(found.map(({ ms }) => ms)));
    const least = Number.isNaN(bare) ? "" : `; ${(bare! / tuned!).toFixed(2)} x with as many resources that hold nothing`;
    const found = `${(library! / tuned!).toFixed(2)} x (${(library! / 1000).toFixed(1)} s against ${(tuned! / 1000).toFixed(1)} s)${least}`;
    const aim = "up of 50 new hosts at most 2 times that of the tuned program without the library";
    return Number.isNaN(library! / tuned!) ? [] : [{ aim, met: library! <= 2 * tuned!, found }];
}

function smallState(looks: Row[]): Aim[] {
    const kb = (values: number) => median(looks.filter((row) => row.hosts === 50 && row.values === values).map(({ stateKb }) => stateKb / 50));
    const perValue = (kb(500) - kb(20)) / 480;
    const rest = kb(20) - 20 * perValue;
    const found = `${rest.toFixed(1)} KB, and ${perValue.toFixed(2)} KB a value`;
    return Number.isNaN(rest) ? [] : [{ aim: "state under 20 KB a host, beside its values", met: rest < 20, found }];
}

function littleMemory(looks: Row[]): Aim[] {
    return [...new Set(looks.map(({ values }) => values))].flatMap((values) => {
        const peak = (hosts: number): number => {
            const rows = looks.filter((row) => row.values === values && row.hosts === hosts);
            return median(rows.map(({ programPeakMb }) => programPeakMb));
        };
        const [one, fifty] = [peak(1), peak(50)];
        const perHost = (fifty - one) / 49;
        const found = `${perHost.toFixed(1)} MB (1 host ${Math.round(one)} MB, 50 hosts ${Math.round(fifty)} MB)`;
        const aim = `with ${values} values, memory grows by less than 1.5 MB a host`;
        return Number.isNaN(perHost) ? [] : [{ aim, met: perHost < 1.5, found }];
    });
}

function ofTenant(tenant: TenantResults | undefined): Aim[] {
    if (tenant === undefined) {
        return [];
    }
    const { rows, start } = tenant;
    const graph = (program: string): number => rows.find((row) => row.program === program)?.graphCalls ?? NaN;
    const exchange = rows.filter(({ program }) => program === "exchange");
    const calls = exchange.map((row) => row.exchangeCalls);
    return [
        {
            aim: "the mail application's preview makes at most one Graph call more than azuread does for the same resources",
            met: graph("entra") <= graph("azuread") + 1,
            found: `${graph("entra")} against ${graph("azuread")}`,
        },
        {
            aim: "calls of Exchange Online do not grow with the number of policies and assignments",
            met: new Set(calls).size === 1,
            found: exchange.map(({ count, exchangeCalls }) => `${exchangeCalls} for ${count} of each`).join(", "),
        },
        {
            aim: "the native provider starts within 0.7 s and 120 MB",
            met: start.ms <= 700 && (start.peakMb ?? 0) <= 120,
            found: `${(start.ms / 1000).toFixed(2)} s, ${start.peakMb === undefined ? "memory not measured on this system" : `${Math.round(start.peakMb)} MB`}`,
        },
    ];
}

function ofMim(mim: MimResults | undefined): Aim[] {
    if (mim === undefined) {
        return [];
    }
    const ratio = mim.portalMail / mim.tls;
    const [all, tls] = [mim.portalMail, mim.tls].map((ms) => (ms / 1000).toFixed(1));
    return [{ aim: "preview of all of a MIM Service's mail at most 1.2 times that of its server's TLS alone", met: ratio <= 1.2, found: `${ratio.toFixed(2)} x (${all} s against ${tls} s)` }];
}

function ofMfa(mfa: MfaResults | undefined): Aim[] {
    if (mfa === undefined) {
        return [];
    }
    const { people, up, preview } = mfa;
    const found = [up, preview].map(({ ms, batches, others }) => `${batches} batches and ${others} other calls of Graph in ${(ms / 1000).toFixed(1)} s`);
    const aim = `preview of the numbers of ${people} people without a change in at most ${people / 20} batches`;
    return [{ aim, met: preview.batches <= people / 20, found: `${found[1]}; the up that sets them all ${found[0]}, state ${Math.round(preview.stateKb)} KB` }];
}

function ofSmtpLogs(all: SmtpLogResults[]): Aim[] {
    return all.map(({ failing, plain, searched }) => {
        const [time, cpu] = [searched.ms / plain.ms, searched.cpuMs / plain.cpuMs].map((one) => one.toFixed(2));
        const aim = `250 MB of protocol logs, of which ${failing * 100} % of the sessions fail, searched in at most 1.5 times what reading them takes`;
        return { aim, met: searched.ms <= 1.5 * plain.ms, found: `${time} x, processor time ${cpu} x, ${Math.round(searched.peakMb)} MB against ${Math.round(plain.peakMb)} MB at most` };
    });
}

function nameOf({ hosts, values, start }: Row): string {
    return `${hosts} hosts, ${values} values, process start ${start} ms`;
}
