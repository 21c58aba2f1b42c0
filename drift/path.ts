import { asciiString, lineLimit } from "./json";
import { show } from "./show";
import { isVirtualName, virtualKey } from "./virtual";

const hives: Record<string, string> = { HKLM: "HKLM", HKEY_LOCAL_MACHINE: "HKLM", HKU: "HKU", HKEY_USERS: "HKU", HKLM32: "HKLM32" };

const foreignHives: Record<string, string> = {
    HKCU: "it is the hive of the account that logs on over SSH, hardly the one that is meant. Write HKU\\<SID>\\...",
    HKCR: "it is a mix of two places. Write HKLM\\SOFTWARE\\Classes\\...",
};
foreignHives["HKEY_CURRENT_USER"] = foreignHives["HKCU"]!;
foreignHives["HKEY_CLASSES_ROOT"] = foreignHives["HKCR"]!;

const doubled = String.raw`In TypeScript write each backslash twice, "HKLM\\SOFTWARE\\Contoso": a single one is swallowed, "\S" becomes "S".`;

const recordsKey = "HKLM\\SOFTWARE\\HYBRIDIDENTITY";

/**
 * Keys that both views share since Windows Server 2008 R2, under the names of the 32-bit view: one place must not be two values.
 * Source: learn.microsoft.com, "Registry Keys Affected by WOW64"; those that somebody would declare.
 */
const shared =
    /^(HKLM32\\SOFTWARE|HKLM\\SOFTWARE\\WOW6432NODE)\\(POLICIES|CLIENTS|REGISTEREDAPPLICATIONS|MICROSOFT\\(COM3|ENTERPRISECERTIFICATES|EVENTSYSTEM|MSMQ|OLE|RPC|SYSTEMCERTIFICATES|TRANSACTIONSERVER|WINDOWS\\CURRENTVERSION\\(GROUP POLICY|POLICIES)))(\\|$)/;

/** Every object of PowerShell has members of these names, so a host could not tell them from the value's. */
const reservedNames = ["PSOBJECT", "PSBASE", "PSADAPTED", "PSEXTENDED", "PSTYPENAMES"];

/** Room that indent, quotes and what follows need on the line of a key or a name. */
const lineRest = 60;

/** Upper case as Windows compares names: one code unit at a time, never a longer text, and no letter outside ASCII becomes one inside. */
export function upper(text: string): string {
    // Nearly every name is ASCII, and a callback for each letter is a third of a run with many values.
    if (/^[\x00-\x7f]*$/.test(text)) {
        return text.toUpperCase();
    }
    return text.replace(/[^\x00-\x60\x7b-\x7f]/g, (unit) => {
        const up = unit.toUpperCase();
        if (up.length !== 1) {
            return withIota(unit);
        }
        return unit > "\x7f" && up <= "\x7f" ? unit : up;
    });
}

/** Greek letters with an iota below: two letters in upper case in JavaScript, one in the registry. Others stay as they are. */
function withIota(unit: string): string {
    const distance = /[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7]/.test(unit) ? 8 : /[\u1fb3\u1fc3\u1ff3]/.test(unit) ? 9 : 0;
    return String.fromCharCode(unit.charCodeAt(0) + distance);
}

/** Order of keys and names wherever they are listed. */
export function compareNames(a: string, b: string): number {
    const [x, y] = [upper(a), upper(b)];
    return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * The canonical form of a registry key: `HKLM\...`, `HKU\...` or `HKLM32\SOFTWARE\...` (32-bit view), the rest as it was written. Takes
 * `HKEY_LOCAL_MACHINE\...` and `HKLM:\...` too. A slash is an ordinary character. What is no key of the registry: see virtual.ts.
 * @throws TypeError that says what is wrong with the key, what was received and what to write.
 */
export function normaliseKey(text: string): string {
    if (typeof text !== "string") {
        throw new TypeError(`A registry key must be text; received ${show(text)}.`);
    }
    const virtual = virtualKey(text);
    if (virtual !== undefined) {
        return virtual;
    }
    const refuse = (why: string): never => {
        throw new TypeError(`Bad registry key ${show(text)}: ${why}`);
    };
    const [first = "", ...components] = text.split("\\");
    const word = upper(first.replace(/:$/, ""));
    if (Object.hasOwn(foreignHives, word)) {
        refuse(`${first} cannot be used, ${foreignHives[word]}`);
    }
    const known = Object.hasOwn(hives, word);
    const swallowed = known
        ? hives[word] !== "HKU" && /^(SOFTWARE|SYSTEM)[A-Z]/i.test(components[0] ?? "")
        : /^(HKLM|HKU|HKEY_LOCAL_MACHINE|HKEY_USERS)/i.test(first);
    if (!known || swallowed) {
        const hint = swallowed ? ` ${doubled}` : "";
        refuse(`it must begin with HKLM\\, HKLM32\\ or HKU\\, and backslashes divide it.${hint}`);
    }
    const hive = hives[word]!;
    if (components.length === 0) {
        refuse("it names only the hive. Write a key below it.");
    }
    if (components.includes("")) {
        refuse("it has an empty component. Write one backslash between two components and none at the end.");
    }
    if (components.some((component) => component.length > 255)) {
        refuse("a component is over 255 characters, which the registry does not take.");
    }
    if (text.includes("\0") || /\p{Surrogate}/u.test(text)) {
        refuse("it holds a NUL character or half a surrogate pair.");
    }
    const key = [hive, ...components].join("\\");
    const place = upper(key);
    if (hive === "HKLM32" && !/^HKLM32\\SOFTWARE(\\(?!WOW6432NODE(\\|$))|$)/.test(place)) {
        refuse(
            "the 32-bit view differs only below SOFTWARE, and WOW6432Node is that view itself. Write HKLM32\\SOFTWARE\\..., or HKLM\\...",
        );
    }
    if (shared.test(place)) {
        refuse("both views of the registry share this key, so it has one name only. Write HKLM\\SOFTWARE\\... without WOW6432Node.");
    }
    if (place === recordsKey || place.startsWith(`${recordsKey}\\`)) {
        refuse("the host's own records are kept there. Choose another key.");
    }
    if (!fitsOnLine(key)) {
        refuse(`it does not fit on a line of ${lineLimit} characters, in which hosts read documents.`);
    }
    return key;
}

/** Whether hosts take key and name for a value's. `normaliseKey` is stricter: it looks at what somebody declares, this at what a record names. */
export function isRecordedValue(key: string, name: string): boolean {
    return virtualKey(key) === undefined ? isRecordedKey(key) : isVirtualName(key, name);
}

/** The same of a key of the registry. */
export function isRecordedKey(text: string): boolean {
    return /^(HKLM32(?=\\SOFTWARE(\\(?!WOW6432Node(\\|$))|$))|HKLM|HKU)(\\[^\\]{1,255})+$/i.test(text);
}

/** Why a value name cannot be used, or undefined where it can. */
export function checkName(name: string): string | undefined {
    if (name === "") {
        return `The name of a value cannot be empty. Write "(default)" for the default value of a key.`;
    }
    if (name.length > 16383) {
        return `The name of a value cannot be over 16,383 characters; received ${show(name)}.`;
    }
    if (reservedNames.includes(upper(name))) {
        return `PowerShell reserves the name ${show(name)}, so a host could not read it reliably. This value cannot be managed.`;
    }
    if (name.includes("\0") || /\p{Surrogate}/u.test(name)) {
        return `The name of a value cannot hold a NUL character or half a surrogate pair; received ${show(name)}.`;
    }
    if (!fitsOnLine(name)) {
        return `The name ${show(name)} does not fit on a line of ${lineLimit} characters, in which hosts read documents.`;
    }
    return undefined;
}

/** A character takes six on the line at most. */
function fitsOnLine(text: string): boolean {
    const room = lineLimit - lineRest;
    return text.length * 6 + 2 <= room || asciiString(text).length <= room;
}

/** The id of a value on a host: key, two backslashes, name. */
export function valueId(key: string, name: string): string {
    return `${key}\\\\${name}`;
}

/** Key and name of a value id; undefined where the text is none. */
export function splitValueId(id: string): { key: string; name: string } | undefined {
    const at = id.indexOf("\\\\");
    return at <= 0 || at + 2 >= id.length ? undefined : { key: id.slice(0, at), name: id.slice(at + 2) };
}

/** Equal exactly for two spellings of one value: case does not count, and `HKLM32\SOFTWARE` is `HKLM\SOFTWARE\WOW6432Node`. */
export function identity(key: string, name: string): string {
    return upper(valueId(key, name)).replace(/^HKLM32\\SOFTWARE(?=\\)/, "HKLM\\SOFTWARE\\WOW6432NODE");
}
