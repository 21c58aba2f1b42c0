import { expand, string } from "../../../drift/desired";
import type { Observation, Problem, Product, ValueTree } from "../../../drift/types";
import { guid } from "../../internal/formats";
import { notAnswered } from "../../internal/health";
import { judgeBuild, productName, settingNames, settingsKey } from "../shared/server";

export interface Settings {
    applicationId: string;
    tenantId: string;
}

const names = { applicationId: settingNames.applicationId, tenantId: settingNames.tenantId };

export const settingsReads = { [settingsKey]: Object.values(names) };

export function checkSettings(settings: Settings): Problem[] {
    return Object.entries(settings).flatMap(([property, value]) => guid(value, property));
}

/** The two ids, in the type that setup chose for them; REG_SZ where there are none. */
export function settingsDesired(settings: Settings, { values, products }: Observation): { desired: ValueTree; problems: string[] } {
    const found = values[settingsKey] ?? {};
    const desired = Object.entries(names).map(([property, name]): [string, string] => {
        const make = found[name]?.startsWith("expand:") ? expand : string;
        const declared = make(settings[property as keyof Settings]);
        // GUIDs in other letters are the same.
        return [name, found[name]?.toLowerCase() === declared.toLowerCase() ? found[name]! : declared];
    });
    return { desired: { [settingsKey]: Object.fromEntries(desired) }, problems: productProblems(products?.[productName]) };
}

/** Where another product, or none, is installed these values mean nothing. */
export function productProblems(found?: Product[] | string, purpose = "send mail by application context", least?: string): string[] {
    const missing = notOne(found);
    if (missing !== undefined) {
        return [missing];
    }
    const [{ version }] = found as [Product];
    const { enough, advice } = judgeBuild(version, least);
    return enough ? [] : [`${productName} ${version} cannot ${purpose}: ${advice}`];
}

function notOne(found: Product[] | string = notAnswered): string | undefined {
    if (typeof found === "string") {
        return `cannot tell whether ${productName} is installed: ${found.replace(/^unknown:/, "")}`;
    }
    if (found.length === 0) {
        return `${productName} is not installed on this host. Install it first, or take this component off the host`;
    }
    if (found.length > 1) {
        return `${productName} is there ${found.length} times: ${found.map(({ version, code }) => `${version} ${code}`).join(", ")}. Take away what an update left behind`;
    }
    return undefined;
}
