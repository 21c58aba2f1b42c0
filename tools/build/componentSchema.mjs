import { join, relative, sep } from "node:path";
import ts from "typescript";

const fields = ["windows", "entra", "exchange", "exchangeServer", "mim", "promotion"];
const secrets = new Set(["password", "privateKey", "privateKeyPassphrase", "clientSecret", "accountPassword", "secretProperties"]);

/**
 * What the provider's schema says of components, as their TypeScript types have it: every class that a program can construct, and the types of its
 * arguments and outputs.
 * @param {string} root the repository
 * @returns {{ types: object, resources: object }}
 * @throws {Error} for a type that no other language could have
 */
export function componentSchema(root) {
    const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
    const files = fields.map((field) => join(root, "components", field, "index.ts"));
    const program = ts.createProgram(files, { ...options, noEmit: true });
    const checker = program.getTypeChecker();
    const types = {};
    const declared = new Map();
    const resources = {};

    /** A schema's type from a type as it is written: an alias such as `Input` is known there only. */
    function typeOf(type, where) {
        const alias = type.aliasSymbol?.name;
        if (alias === "Input" || alias === "Output") return typeOf(type.aliasTypeArguments[0], where);
        if (type.flags & ts.TypeFlags.String || type.isStringLiteral()) return { type: "string" };
        if (type.flags & ts.TypeFlags.Number) return { type: "number" };
        if (type.flags & ts.TypeFlags.Boolean) return { type: "boolean" };
        if (type.isUnion()) return unionOf(type, where);
        // What is left of an alias in a union with others.
        if (type.isIntersection()) return typeOf(type.types[0], where);
        if (["OutputInstance", "Promise"].includes(type.symbol?.name)) return typeOf(checker.getTypeArguments(type)[0], where);
        if (checker.isArrayType(type)) return { type: "array", items: typeOf(checker.getTypeArguments(type)[0], where) };
        const token = type.symbol && classToken(type);
        if (token) return { $ref: `#/resources/${token}` };
        const members = type.getStringIndexType();
        if (members) return { type: "object", additionalProperties: typeOf(members, where) };
        if (type.flags & ts.TypeFlags.Object) return objectOf(type, where);
        throw new Error(`${where}: ${checker.typeToString(type)} has no counterpart in a schema`);
    }

    function unionOf(type, where) {
        const symbol = type.aliasSymbol;
        // A resource beside its name or id is for TypeScript only.
        const known = type.types.filter((one) => !(one.flags & ts.TypeFlags.Undefined) && !isA(one, "CustomResource"));
        if (symbol && known.every((one) => one.isStringLiteral())) {
            const token = typeToken(symbol, where);
            types[token] = { ...described(symbol), type: "string", enum: known.map(({ value }) => ({ name: value[0].toUpperCase() + value.slice(1), value })) };
            return { $ref: `#/types/${token}` };
        }
        // true and false are two types.
        const choices = known.map((one) => (one.flags & ts.TypeFlags.BooleanLiteral ? { type: "boolean" } : typeOf(one, where)));
        const different = [...new Map(choices.map((one) => [JSON.stringify(one), one])).values()];
        return different.length === 1 ? different[0] : { oneOf: different };
    }

    function objectOf(type, where) {
        const symbol = type.aliasSymbol ?? type.symbol;
        if (symbol.name.startsWith("__")) throw new Error(`${where}: a type of other languages needs a name`);
        const token = typeToken(symbol, where);
        // Before its properties: a type may hold itself.
        types[token] ??= {};
        Object.assign(types[token], described(symbol), { type: "object" }, membersOf(type, where, "properties", "required"));
        return { $ref: `#/types/${token}` };
    }

    function membersOf(type, where, properties, required) {
        const members = type.getProperties().map((symbol) => {
            const [{ type: node, questionToken }] = symbol.declarations;
            const declared = checker.getTypeFromTypeNode(node);
            const isPlain = properties === "inputProperties" && declared.aliasSymbol?.name !== "Input" && !classToken(declared);
            const shape = typeOf(declared, `${where}.${symbol.name}`);
            if (isPlain && shape.items) shape.items.plain = true;
            return { name: symbol.name, isNeeded: !questionToken, shape: { ...shape, ...described(symbol), ...(isPlain && { plain: true }), ...(secrets.has(symbol.name) && { secret: true }) } };
        });
        const needed = members.filter(({ isNeeded }) => isNeeded).map(({ name }) => name);
        return { [properties]: Object.fromEntries(members.map(({ name, shape }) => [name, shape])), ...(needed.length > 0 && { [required]: needed }) };
    }

    function outputsOf(type, where) {
        const outputs = type.getProperties().filter(({ declarations }) => declarations[0].parent === type.symbol.valueDeclaration && ts.isPropertyDeclaration(declarations[0]));
        const shapes = outputs.map((symbol) => {
            // `Output<X>`.
            const value = checker.getTypeFromTypeNode(symbol.declarations[0].type.typeArguments[0]);
            const maybe = value.isUnion() && value.types.some((one) => one.flags & ts.TypeFlags.Undefined);
            return [symbol.name, { ...typeOf(value, `${where}.${symbol.name}`), ...described(symbol), ...(secrets.has(symbol.name) && { secret: true }) }, !maybe];
        });
        return { properties: Object.fromEntries(shapes), required: shapes.filter(([, , isThere]) => isThere).map(([name]) => name) };
    }

    function classToken(type) {
        if (!isA(type, "ComponentResource")) return undefined;
        const [, field] = relative(root, type.symbol.declarations[0].getSourceFile().fileName).split(sep);
        return `hybrid-identity:${field}:${type.symbol.name}`;
    }

    /** All in one module: Go takes no import that only a union needs. Languages give a type of arguments its ending themselves. */
    function typeToken(symbol, where) {
        const token = `hybrid-identity:shared:${symbol.name.replace(/Args$/, "")}`;
        const [declaration] = symbol.declarations;
        if ((declared.get(token) ?? declaration) !== declaration) throw new Error(`${where}: ${token} is the name of another type, too`);
        declared.set(token, declaration);
        return token;
    }

    function isA(type, base) {
        return type.isClass() && checker.getBaseTypes(type).some((one) => one.symbol.name === base || isA(one, base));
    }

    function described(symbol) {
        const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
        return text === "" ? {} : { description: text };
    }

    for (const file of files) {
        for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))) {
            const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
            const type = checker.getDeclaredTypeOfSymbol(symbol);
            const token = classToken(type);
            if (!token) continue;
            const { parameters } = symbol.valueDeclaration.members.find(ts.isConstructorDeclaration);
            const args = checker.getTypeFromTypeNode(parameters[1].type);
            const inputs = membersOf(args, token, "inputProperties", "requiredInputs");
            resources[token] = { ...described(symbol), isComponent: true, ...inputs, ...outputsOf(type, token) };
        }
    }
    return { types: sorted(types), resources: sorted(resources) };
}

function sorted(object) {
    return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
}
