// The phones of people as methods to sign in with (facts: wire.md section 3).
import { ApiError, type Reply } from "../http";
import type { PhoneMethod, User } from "../state";
import { absent, badRequest, param, type GraphCall, type Route } from "./call";
import { list } from "./list";
import { userOf } from "./people";
import { mayReadMethods, mayWriteMethods } from "./rights";

export const phoneRoutes: Route[] = [
    { method: "GET", path: "users/{}/authentication/phoneMethods", answer: all },
    { method: "POST", path: "users/{}/authentication/phoneMethods", answer: add },
    { method: "PATCH", path: "users/{}/authentication/phoneMethods/{}", answer: update },
    { method: "DELETE", path: "users/{}/authentication/phoneMethods/{}", answer: remove },
];

/** The same in every tenant and for every person. */
const IDS: Record<string, string> = {
    mobile: "3179e48a-750b-4051-897c-87b9720928f7",
    alternateMobile: "b6332ec1-7057-4abe-9331-3d72feddfe41",
    office: "e37fc753-ff3b-4958-9484-eaa9425c82bc",
};

/** A number as somebody has it who registered it. */
export function phoneMethod(phoneNumber: string, phoneType = "mobile"): PhoneMethod {
    return { id: IDS[phoneType]!, phoneNumber, phoneType, smsSignInState: phoneType === "mobile" ? "notAllowedByPolicy" : "notSupported" };
}

function all(call: GraphCall): Reply {
    mayReadMethods(call);
    const user = userOf(call);
    const there = (user.phoneMethods ?? []).filter(({ id }) => call.world.replication.visible(`${user.id} ${id}`));
    return list(call, "phoneMethods", there.map(each => ({ ...each })));
}

function add(call: GraphCall): Reply {
    mayWriteMethods(call);
    const user = userOf(call);
    const { phoneNumber, phoneType } = call.body;
    const has = (type: unknown): boolean => (user.phoneMethods ?? []).some(each => each.phoneType === type);
    if (!(String(phoneType) in IDS)) {
        throw badRequest("Invalid value specified for property 'phoneType'.");
    }
    if (has(phoneType)) {
        const { duplicatePhoneAs409: conflict } = call.world.behaviour;
        throw new ApiError(conflict ? 409 : 400, conflict ? "conflict" : "badRequest", "A phone method of this type exists for the user.");
    }
    if (phoneType === "alternateMobile" && !has("mobile")) {
        throw badRequest("An alternate mobile phone needs a mobile phone first.");
    }
    const made = phoneMethod(numberOf(phoneNumber), String(phoneType));
    user.phoneMethods = [...(user.phoneMethods ?? []), made];
    call.world.replication.created("phoneMethods", `${user.id} ${made.id}`);
    refuseTwins(call, user, made);
    return { status: 201, body: { "@odata.context": `${call.world.base}/${call.version}/$metadata#users/authentication/phoneMethods/$entity`, ...made } };
}

function update(call: GraphCall): Reply {
    mayWriteMethods(call);
    const method = methodOf(call);
    const { phoneNumber, phoneType = method.phoneType } = call.body;
    if (phoneType !== method.phoneType) {
        throw badRequest("The type of a phone method cannot be changed.");
    }
    method.phoneNumber = numberOf(phoneNumber);
    return { status: 204 };
}

function remove(call: GraphCall): Reply {
    mayWriteMethods(call);
    const user = userOf(call);
    const method = methodOf(call);
    if (method.phoneType === "mobile" && user.phoneMethods?.some(each => each.phoneType === "alternateMobile")) {
        throw badRequest("The mobile phone cannot be deleted while there is an alternate one.");
    }
    if (user["defaultMethod"] === method.phoneType) {
        throw badRequest("The default method of a user cannot be deleted.");
    }
    user.phoneMethods = user.phoneMethods?.filter(each => each !== method);
    return { status: 204 };
}

function methodOf(call: GraphCall): PhoneMethod {
    const found = userOf(call).phoneMethods?.find(({ id }) => id === param(call, 1));
    if (!found) {
        throw absent(param(call, 1));
    }
    return found;
}

function numberOf(given: unknown): string {
    if (typeof given !== "string" || !/^\+\d{1,3} \d{4,14}( ?x\d+)?$/.test(given)) {
        throw badRequest("The phone number is not in the form +{country code} {number}x{extension}.");
    }
    return given;
}

/** Who signs in by SMS has a number alone; it is stored for MFA nevertheless. */
function refuseTwins({ world }: GraphCall, user: User, { phoneNumber }: PhoneMethod): void {
    const twin = world.state.users.some(each => each !== user && each.phoneMethods?.some(other => other.phoneNumber === phoneNumber));
    if (world.behaviour.smsSignIn && twin) {
        throw new ApiError(409, "phoneNumberNotUnique", "The phone number is used by another user to sign in.");
    }
}
