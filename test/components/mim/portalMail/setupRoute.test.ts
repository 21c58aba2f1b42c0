import assert from "node:assert/strict";
import { setupProblems } from "../../../../components/mim/portalMail/setupRoute";

const smtp = { MAIL_SERVER: "relay.contoso.com", MAIL_SERVER_IS_EXCHANGE: "0", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0", POLL_EXCHANGE_ENABLED: "0" };
const onPremises = { MAIL_SERVER: "exch01", MAIL_SERVER_IS_EXCHANGE: "1", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0" };
const said = (...args: Parameters<typeof setupProblems>) => setupProblems(...args).map(({ property, message }) => `${property}: ${message}`);

describe("PortalMail: what setup is told for a route", () => {
    it("all of it off Exchange Online, with the declared server in any letters", () => {
        assert.deepEqual(said("smtp", "Relay.contoso.com", { ...smtp, MAIL_SERVER_USE_SSL: "1" }), []);
        assert.deepEqual(said("exchangeServer", "exch01", onPremises), []);
    });

    it("another server, another route, and what is missing are named", () => {
        assert.deepEqual(said("smtp", "relay2", smtp), ['setup.properties["MAIL_SERVER"]: must be what smtp.address is ("relay2") with route "smtp"; received "relay.contoso.com"']);
        assert.deepEqual(said("exchangeServer", "relay.contoso.com", smtp), ['setup.properties["MAIL_SERVER_IS_EXCHANGE"]: must be "1" with route "exchangeServer"; received "0"']);
        assert.deepEqual(said("smtp", "exch01", onPremises), [
            'setup.properties["MAIL_SERVER_IS_EXCHANGE"]: must be "0" with route "smtp"; received "1"',
            'setup.properties["POLL_EXCHANGE_ENABLED"]: must be "0" with route "smtp"; received nothing, and what setup is not given stays as it was',
        ]);
        assert.equal(said("exchangeServer", "exch01", {}).length, 3);
    });

    it("what is not known yet is not judged, what is not given is", () => {
        const later = Promise.resolve("relay");
        assert.deepEqual(said("smtp", later, { ...smtp, MAIL_SERVER: later }), []);
        assert.match(said("smtp", later, { ...smtp, MAIL_SERVER: undefined }).join(), /^setup\.properties\["MAIL_SERVER"\]: must be what smtp\.address is with route "smtp"; received nothing/);
    });

    it("back to Exchange Online, nothing may name another route", () => {
        assert.deepEqual(said("exchangeOnline", undefined, { MAIL_SERVER: "outlook.office365.com" }), []);
        assert.deepEqual(said("exchangeOnline", undefined, { MAIL_SERVER_IS_EXCHANGE: "1", MAIL_SERVER_IS_EXCHANGE_ONLINE: "1", POLL_EXCHANGE_ENABLED: "0" }), []);
        assert.deepEqual(said("exchangeOnline", undefined, onPremises), ['setup.properties["MAIL_SERVER_IS_EXCHANGE_ONLINE"]: must be "1" with route "exchangeOnline"; received "0"']);
    });
});
