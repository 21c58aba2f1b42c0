import { invalid } from "./errors";
import { sameText, type Recipient } from "./state";

type Matcher = (recipient: Recipient, all: Recipient[]) => boolean;
interface Parsed {
    matches: Matcher;
    text: string;
}

const TOKEN = /\s*(\(|\)|-[a-z]+\b|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\w+|\w+)/giy;
const FILTER_ERROR = "Microsoft.Exchange.Data.ParsingException";

/** Whom a recipient filter (OPATH) means; nobody where it cannot be read. */
export function matcher(filter: string): Matcher {
    try {
        return parse(filter).matches;
    } catch {
        return () => false;
    }
}

/** The text as Exchange keeps it: small operators, single quotes, parentheses around what is joined. Throws CmdletError for no filter. */
export function normalized(filter: string): string {
    return parse(filter).text;
}

function parse(filter: string): Parsed {
    const tokens = [...filter.matchAll(TOKEN)].map(([, token]) => token ?? "");
    const broken = (): Error => invalid(`The recipient filter "${filter}" isn't valid.`, FILTER_ERROR);
    if (tokens.join("").replace(/\s/g, "") !== filter.replace(/\s/g, "") || tokens.length === 0) {
        throw broken();
    }
    const taken = (wanted?: string): string => {
        const token = tokens.shift();
        if (token === undefined || (wanted !== undefined && token.toLowerCase() !== wanted)) {
            throw broken();
        }
        return token;
    };
    const single = (): Parsed => {
        const token = taken();
        if (token === "(") {
            const inner = joined();
            taken(")");
            return inner;
        }
        if (token.toLowerCase() === "-not") {
            const { matches, text } = single();
            return { matches: (recipient, all) => !matches(recipient, all), text: `-not(${text})` };
        }
        const operator = taken().toLowerCase();
        const value = taken();
        if (!/^\w+$/.test(token) || !["-eq", "-ne", "-like"].includes(operator) || /^[()-]/.test(value)) {
            throw broken();
        }
        return comparison(token, operator, value);
    };
    const joined = (): Parsed => {
        let left = single();
        while (/^-(and|or)$/i.test(tokens[0] ?? "")) {
            const operator = taken().toLowerCase();
            const [one, other] = [left, single()];
            const both: Matcher = (who, all) => one.matches(who, all) && other.matches(who, all);
            const either: Matcher = (who, all) => one.matches(who, all) || other.matches(who, all);
            left = { matches: operator === "-and" ? both : either, text: `((${one.text}) ${operator} (${other.text}))` };
        }
        return left;
    };
    const whole = joined();
    if (tokens.length > 0) {
        throw broken();
    }
    return whole;
}

function comparison(property: string, operator: string, quoted: string): Parsed {
    const mark = quoted[0] ?? "";
    const value = mark === "'" || mark === '"' ? quoted.slice(1, -1).replaceAll(mark + mark, mark) : quoted.replace("$", "");
    const positive: Matcher = (recipient, all) =>
        sameText(property, "MemberOfGroup")
            ? all.some(group => sameText(group.DistinguishedName, value) && group.members?.includes(recipient.Guid))
            : [propertyOf(recipient, property)].flat().some(each => fits(String(each), operator, value));
    const matches: Matcher = (recipient, all) => positive(recipient, all) === (operator !== "-ne");
    return { matches, text: `${property} ${operator} ${quoted.startsWith("$") ? quoted.toLowerCase() : `'${value.replace(/'/g, "''")}'`}` };
}

function propertyOf(recipient: Recipient, property: string): unknown {
    return Object.entries(recipient).find(([name]) => sameText(name, property))?.[1];
}

function fits(found: string, operator: string, value: string): boolean {
    if (operator !== "-like") {
        return sameText(found, value);
    }
    const pattern = value.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    return new RegExp(`^${pattern}$`, "i").test(found);
}
