import * as pulumi from "@pulumi/pulumi";
import { MailRoute, Mode } from "../../choices";
import { ewsSettings } from "../../exchange/resources/ewsSettings";
import { clock } from "../../internal/clock";
import type { HealthCheck } from "../../internal/health";
import { settled } from "../../internal/inputs";
import { said } from "../../internal/looks";
import { refusal, reporter } from "../../internal/report";
import { StackResources, stackState, urnOf } from "../../internal/stackState";
import { serverHealth } from "../functions/serverHealth";
import type { MailHealth } from "../mailHealth";
import type { Product } from "../product";
import { Facts, InPlace, isInPlace, leavingStep, notInForce, remainsIn } from "./leaving";
import type { PortalMailArgs } from "./portalMailArgs";
import { targetOf } from "./target";
import { TenantSteps, tenantSteps } from "./tenantSteps";

/** What a run has put in place, and what the tenant still has. */
export interface Left {
    inPlace?: InPlace;
    toTakeAway: string[];
    /** The test message, where it was not taken. */
    message?: HealthCheck;
}

/** What a run has of it so far. */
export interface Seen {
    health: MailHealth;
    product?: Product;
    /** See `oldRoute`. */
    kept?: Promise<TenantSteps | undefined>;
}

/**
 * With a route other than Exchange Online: registers what the tenant has, and so keeps it, until an update in the past has proved the new route and it
 * works now. What is not registered any more, the engine takes away.
 */
export function leave(name: string, args: PortalMailArgs, seen: Seen, component: pulumi.ComponentResource): pulumi.Output<Left> {
    return args.route === MailRoute.exchangeOnline ? pulumi.output({ toTakeAway: [] }) : pulumi.output(decide(name, args, seen, component));
}

async function decide(name: string, args: PortalMailArgs, { health, product, kept }: Seen, component: pulumi.ComponentResource): Promise<Left> {
    const [resources, urn, checks] = await Promise.all([stackState(), urnOf(component), settled(health.checks).catch(() => undefined)]);
    const target = await targetOf(args);
    const before = resources[urn]?.outputs?.["inPlace"] as InPlace | undefined;
    const remains = remainsIn(resources, urn, name);
    const audited = args.mode === Mode.audit;
    const lastEntry = isInPlace(target, before) && (await isLastEntry(`${name}-ews-allowed`, resources, component));
    const moved = product ? "bySetup" : args.changedBySetup === args.route ? "said" : "unsaid";
    const { keepApplication = false } = args;
    const testMessageTo = args.testMessageTo && (await settled(pulumi.output(args.testMessageTo)).catch(() => undefined));
    const facts: Facts = { target, moved, inPlace: before, remains, server: checks?.["server"], lastEntry, testMessageTo, keepApplication, audited };
    const { step, says } = leavingStep(facts);
    if (says !== "") {
        reporter.warn(`${name}: ${says}`, component);
    }
    if (step === "keep") {
        if (args.application === undefined) {
            const has = remains.map(({ text }) => text).join(", ");
            throw refusal(`${name}: the tenant still has ${has}; leave "application" in the program until that is taken away`);
        }
        (await kept) ?? tenantSteps(name, args, component, true, isInPlace(target, before));
    }
    const toTakeAway = step === "keep" ? remains.map(({ text }) => text) : [];
    if (pulumi.runtime.isDryRun() || audited || isInPlace(target, before)) {
        return { inPlace: before, toTakeAway };
    }
    // Only here: what is kept in the tenant is registered, so no setup that fails can lose it.
    const inForce = product ? await isInForce(name, product, component) : moved === "said";
    if (!inForce || !serverWorks(name, args.route, checks?.["server"], component)) {
        return { toTakeAway };
    }
    const message = await sendMessage(name, args, component);
    return message ? { toTakeAway, message } : { inPlace: { ...target, since: clock.now().toISOString() }, toTakeAway };
}

/** Whether setup was given this, now or by an earlier update, ended well, and the MIM Service has read it. */
async function isInForce(name: string, product: Product, component: pulumi.Resource): Promise<boolean> {
    const known = await settled(pulumi.all([product.state, product.restartPending, product.rebootPending])).catch(() => undefined);
    const [state, restart, reboot] = known ?? ["unknown", [], false];
    const why = notInForce(state, restart, reboot);
    if (why !== "") {
        reporter.warn(`${name}: the new route is not proved: ${why}`, component);
    }
    return why === "";
}

/** What the tenant does not tell is left to whoever takes the entry out: Exchange's own refusal is said there. */
async function isLastEntry(entry: string, resources: StackResources, parent: pulumi.Resource): Promise<boolean> {
    const own = Object.entries(resources).find(([urn]) => urn.endsWith(`::${entry}`))?.[1].outputs?.["appId"];
    const settings = typeof own === "string" ? await ewsSettings({ parent }).catch(() => undefined) : undefined;
    return settings?.ewsEnabled === "true" && settings.allowedAppIds.map((one) => one.toLowerCase()).join() === String(own).toLowerCase();
}

function serverWorks(name: string, route: MailRoute, server: HealthCheck | undefined, component: pulumi.Resource): boolean {
    if (server?.state !== "healthy") {
        reporter.warn(`${name}: the route over "${route}" is not proved: ${server?.found ?? "its server was not asked"}`, component);
    }
    return server?.state === "healthy";
}

/** A test message where one is asked for; undefined unless it was not taken. */
async function sendMessage(name: string, { route, smtp, mailbox, testMessageTo, failWhenUnhealthy }: PortalMailArgs, component: pulumi.Resource): Promise<HealthCheck | undefined> {
    if (testMessageTo === undefined || route !== MailRoute.smtp) {
        return undefined;
    }
    const { address, ...more } = smtp!;
    const sending = settled(serverHealth({ route, server: address, ...more, sender: mailbox, testMessageTo }, { parent: component }));
    const sent = await sending.catch((error: Error) => ({ state: "unknown", message: `whether the test message was taken is not known: ${said(error)}` }));
    if (sent?.state === "healthy") {
        reporter.warn(`${name}: ${sent.message}`, component);
        return undefined;
    }
    const check: HealthCheck = { state: sent?.state === "failing" ? "failing" : "unknown", found: sent?.message ?? "the test message was not sent", advice: messageAdvice };
    reporter.warn(`${name}: the route over "${route}" is not proved: ${check.found}; ${check.advice}`, component);
    if (failWhenUnhealthy) {
        reporter.fail(`mim.PortalMail "${name}": mail is ${check.state}, because the test message was not taken, and "failWhenUnhealthy" is set`);
    }
    return check;
}

const messageAdvice = 'let the relay take mail for that recipient from this machine and from the MIM server, or name another testMessageTo; the next "pulumi up" sends it again';
