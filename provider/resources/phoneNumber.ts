// Telephone numbers in the form of Microsoft Graph: "+{country code} {number}", with "x{extension}" where there is one.
// https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod

// Assigned country codes of the ITU, of which none begins another (Recommendation E.164, list of assigned codes).
const countryCode = new RegExp(
    "^(?:" +
        "[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|" +
        "21[1-368]|2[234]\\d|25[0-8]|26\\d|29[01789]|35\\d|37\\d|38[0-35-79]|42[013]|50\\d|59\\d|" +
        "67[02-9]|68[0-35-9]|69[0-2]|85[02356]|88[06]|96[0-8]|97[0-79]|99[2-68])",
);
// Of countries where a 0 before the number is dialled within the country only, the well-known ones; not checked against a list of the ITU (national
// prefixes). Others are left alone: Italy, San Marino and Ivory Coast have numbers that begin with a 0.
const trunkZero = /^(?:27|3[1-3]|4[013469]|6[0-46]|8[1246]|9[01248]|35[389]|38[56]|421|97[12])0/;
// What is easily not seen in a number that was copied.
const oddities: [RegExp, string][] = [
    [/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/, "a character that is not seen"],
    [/[\u2010-\u2015\u2212]/, 'a dash that is no "-"'],
    [/\uff0b/, 'a plus sign that is no "+"'],
    [/[^\d\P{Nd}]/u, "a digit that is none of 0 to 9"],
];
const shortest = 7;
const longest = 15;

/** What is wrong with a number, in words that do not have it. */
export class WrongNumber extends Error {}

/** The number as Graph takes it. Throws WrongNumber. */
export function graphNumber(given: string): string {
    if (given.trim() === "") throw new WrongNumber("is empty");
    const [, plus, number = "", extension] = /^\s*(\+?)([\d\s()./-]+?)(?:\s*x\s*(\d{1,10}))?\s*$/i.exec(given) ?? [];
    if (plus === undefined) throw new WrongNumber(`is no telephone number${odd(given)}`);
    if (plus === "") throw new WrongNumber('has no country code: it has to begin with "+"');
    if (/\(\s*0\s*\)/.test(number)) throw new WrongNumber('has "(0)", which is not dialled from abroad');
    if (/\/\D*(\d\D*){1,4}$/.test(number)) throw new WrongNumber('has four digits or fewer after "/", as where two numbers are written in one');
    const digits = number.replace(/\D/g, "");
    const [code] = countryCode.exec(digits) ?? [];
    if (code === undefined) throw new WrongNumber('has no country code that is assigned after "+"');
    if (trunkZero.test(digits)) throw new WrongNumber(`has a 0 after the country code ${code}, which is not dialled from abroad`);
    if (digits.length < shortest || digits.length > longest) throw new WrongNumber(`has ${digits.length} digits; there are ${shortest} to ${longest}`);
    return `+${code} ${digits.slice(code.length)}${extension === undefined ? "" : `x${extension}`}`;
}

/** The first of them that is in it; nothing where there is none. */
function odd(given: string): string {
    const [, what] = oddities.find(([sought]) => sought.test(given)) ?? [];
    return what === undefined ? "" : `: it has ${what}`;
}

/** Whether two texts are one number, however they are written. */
export function sameNumber(one: string, other: string): boolean {
    return bare(one) === bare(other);
}

/** All that is shown of a number. */
export function masked(number: string): string {
    return `***${bare(number).replace(/x.*/, "").slice(-2)}`;
}

/** The same of a number that is named beside another, which may end alike. */
export function maskedBeside(shown: string, number: string): string {
    return masked(shown) === masked(number) ? `another ${masked(number)}` : masked(number);
}

// Also with the dashes and the blanks of no width that a number is copied with.
const numbers = /\+?\p{Nd}[\p{Nd}\s()./\u200b-\u2015\u2060\ufeff-]{4,}\p{Nd}/gu;
// Ids, and the names of people who are called by an employee number.
const noNumbers = /([^\s@,;:|=/\\<>()[\]{}"']+@[a-z\d.-]+|\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|(?<![+\w])[\da-f]{24,}(?!\w))/i;

/** A text of somebody else's without the numbers in it. */
export function withoutNumbers(text: string): string {
    return text.split(noNumbers).map((part, at) => (at % 2 === 1 ? part : part.replace(numbers, masked))).join("");
}

function bare(number: string): string {
    return number.toLowerCase().replace(/[^\dx]/g, "");
}
