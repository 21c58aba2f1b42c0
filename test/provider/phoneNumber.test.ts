// Telephone numbers as people write them, and as Graph takes them.
import * as assert from "node:assert/strict";
import { graphNumber, masked, sameNumber, withoutNumbers, WrongNumber } from "../../provider/resources/phoneNumber";

describe("provider: telephone numbers", () => {
    for (const [given, expected] of [
        ["+49 151 12345617", "+49 15112345617"],
        [" +4915112345617 ", "+49 15112345617"],
        ["+1 (555) 555-0100", "+1 5555550100"],
        ["+1.555.555.0100 x 123", "+1 5555550100x123"],
        ["+7 912 345-67-89", "+7 9123456789"],
        ["+44 7700/900123", "+44 7700900123"],
        ["+353 85 123 4567", "+353 851234567"],
        ["+971501234567", "+971 501234567"],
        ["+379 0612345", "+379 0612345"],
        ["+39 06 1234567", "+39 061234567"],
        ["+378 0549 123456", "+378 0549123456"],
        ["+225 07 12 34 56 78", "+225 0712345678"],
    ] as const) {
        it(`${given} is ${expected}`, () => assert.equal(graphNumber(given), expected));
    }

    for (const [given, why] of [
        ["0151 12345617", /has no country code: it has to begin with "\+"/],
        ["004915112345617", /has no country code/],
        ["+49 (0)151 12345617", /has "\(0\)"/],
        ["+49 ( 0 ) 151 12345617", /has "\(0\)"/],
        ["+49 0151 12345617", /has a 0 after the country code 49, which is not dialled from abroad/],
        ["+49(0151) 12345617", /has a 0 after the country code 49/],
        ["+353 085 1234567", /has a 0 after the country code 353/],
        ["+49 151\u200b 12345617", /^is no telephone number: it has a character that is not seen$/],
        ["+49 151\u201312345617", /it has a dash that is no "-"$/],
        ["\uff0b49 15112345617", /it has a plus sign that is no "\+"$/],
        ["+49 151\uff1112345617", /it has a digit that is none of 0 to 9$/],
        ["+49 151O12345617", /is no telephone number$/],
        ["+999 12345678", /no country code that is assigned/],
        ["+0 12345678", /no country code that is assigned/],
        ["+49 1511", /has 6 digits; there are 7 to 15/],
        ["+49 15112345617 12345", /has 18 digits/],
        ["+49 151 CALL ME", /is no telephone number/],
        ["+", /is no telephone number/],
        ["", /^is empty$/],
        ["+49 151 12345617/18", /has four digits or fewer after "\/"/],
        ["+49 151 12345617 / 56 18", /has four digits or fewer after "\/"/],
        ["++49 15112345617", /is no telephone number/],
        ["+49 15112345617 or 18", /is no telephone number/],
    ] as const) {
        it(`${JSON.stringify(given)} is refused, in words without it`, () => {
            assert.throws(() => graphNumber(given), (error: Error) => error instanceof WrongNumber && why.test(error.message) && !/1511234|12345617/.test(error.message));
        });
    }

    it("have a country code of one to three digits, of which none begins another", () => {
        const isCode = (code: string) => {
            try {
                return graphNumber(`+${code}22222222`).startsWith(`+${code} `);
            } catch {
                return false;
            }
        };
        const codes = Array.from({ length: 999 }, (_, at) => String(at + 1)).filter(isCode);
        assert.deepEqual(codes.filter(code => code.length < 3).join(" "), "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98");
        for (const code of codes) assert.deepEqual(codes.filter(other => other !== code && other.startsWith(code)), [], code);
        for (const code of ["211", "299", "352", "380", "420", "502", "599", "670", "692", "852", "886", "972", "998"]) assert.ok(codes.includes(code), code);
        for (const code of ["210", "219", "259", "384", "422", "671", "684", "800", "801", "999"]) assert.ok(!codes.includes(code), code);
    });

    it("are the same however they are written, and are shown by two digits", () => {
        assert.ok(sameNumber("+1 5555550100x12", "+15555550100 X12"));
        assert.ok(!sameNumber("+1 5555550100", "+1 5555550100x12"));
        assert.deepEqual([masked("+49 15112345617"), masked("+1 5555550100x12"), masked("")], ["***17", "***00", "***"]);
        const ids = "403 99999999-1111-4222-8333-444455556666 of 1234567@contoso.example, trace 00112233445566778899aabbccddeeff";
        assert.equal(withoutNumbers(ids), ids);
        assert.equal(withoutNumbers("+49\u200b151\u20131234567\u200b8, 4915112345678a"), "***78, ***78a");
        assert.equal(withoutNumbers("ada@contoso.com|+4915112345617 +4915112345617=ada@contoso.com"), "ada@contoso.com|***17 ***17=ada@contoso.com");
        assert.equal(withoutNumbers("+49 151-12345617 (or 0151 12345618) is wrong, 400"), "***17 (or ***18) is wrong, 400");
    });
});
