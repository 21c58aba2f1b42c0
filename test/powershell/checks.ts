import { at, core, ofType, walk, type Syntax } from "./syntax";

/** What stands in a module: everything that no PowerShell has to run for. All checks give lines of what is wrong. */
export interface Functions {
    name: string;
    node: Syntax;
    parameters: string[];
    /** Whether a `return` gives something. */
    gives: boolean;
}

const automatic = ["_", "null", "true", "false", "pid", "psversiontable", "executioncontext", "pscmdlet", "whatifpreference"];
const preferences = ["erroractionpreference", "progresspreference"];

export function parseErrors(root: Syntax): string[] {
    return [...walk(root)].filter(node => node.isError || node.isMissing).map(at);
}

export function listFunctions(root: Syntax): Functions[] {
    return ofType(root, "function_statement").map(node => ({
        name: node.namedChildren.find(child => child?.type === "function_name")!.text,
        node,
        parameters: ofType(node, "script_parameter").map(parameter => variableName(ofType(parameter, "variable").at(-1)!)),
        gives: ofType(node, "flow_control_statement").some(statement => /^return\s+\S/.test(statement.text)),
    }));
}

/** Calls of what is neither defined here nor allowed, and calls of own functions with another number of arguments. */
export function callErrors(root: Syntax, allowed: readonly string[]): string[] {
    const functions = listFunctions(root);
    return ofType(root, "command").flatMap(command => {
        const name = command.namedChildren.find(child => child?.type === "command_name")?.text ?? command.text;
        const target = functions.find(candidate => candidate.name === name);
        if (target === undefined) {
            return allowed.includes(name) ? [] : [`${name} is not known: ${at(command)}`];
        }
        const elements = command.namedChildren.find(child => child?.type === "command_elements");
        const given = elements?.namedChildren.filter(child => child !== null && child.type !== "command_argument_sep").length ?? 0;
        const wanted = target.parameters.length;
        return given === wanted ? [] : [`${name} takes ${wanted} arguments, not ${given}: ${at(command)}`];
    });
}

/** Variables that are read and never assigned, or assigned and never read, in the scope of their function or of the module. */
export function variableErrors(root: Syntax): string[] {
    const functions = listFunctions(root);
    const within = (node: Syntax, body: Syntax) => body.startIndex <= node.startIndex && node.endIndex <= body.endIndex;
    const outer = ofType(root, "variable").filter(variable => !functions.some(({ node }) => within(variable, node)));
    const shared = outer.filter(isAssigned).map(variableName);
    const readAnywhere = new Set(ofType(root, "variable").filter(variable => !isAssigned(variable)).map(variableName));
    const problems = [...outer.filter(isAssigned)]
        .filter(variable => !preferences.includes(variableName(variable)) && !readAnywhere.has(variableName(variable)))
        .map(variable => `never read: ${at(variable)}`);
    for (const { name, node, parameters } of functions) {
        const variables = ofType(node, "variable").filter(variable => variable.parent?.type !== "script_parameter");
        const assigned = new Set([...parameters, ...variables.filter(isAssigned).map(variableName)]);
        const read = new Set(variables.filter(variable => !isAssigned(variable)).map(variableName));
        for (const variable of read) {
            if (![...assigned, ...automatic, ...shared].includes(variable)) {
                problems.push(`${name} reads $${variable}, which is never assigned`);
            }
        }
        const unread = [...assigned].filter(variable => !read.has(variable));
        problems.push(...unread.map(variable => `${name} assigns $${variable}, which is never read`));
    }
    return problems;
}

/** Statements whose value would get into the output of a function: calls that give something and are neither kept nor cast to void. */
export function leaks(root: Syntax, silentMethods: readonly string[]): string[] {
    const giving = listFunctions(root)
        .filter(({ gives }) => gives)
        .map(({ name }) => name);
    return ofType(root, "pipeline").flatMap(pipeline => {
        const list = pipeline.parent;
        if (list?.type !== "statement_list" || list.parent?.type === "array_expression" || list.parent?.type === "sub_expression") {
            return [];
        }
        const node = core(pipeline);
        if (node.type === "assignment_expression" || node.type === "post_increment_expression" || /^\[void\]/.test(node.text)) {
            return [];
        }
        if (node.type === "command" || node.type === "command_name") {
            const name = ofType(pipeline, "command_name")[0]!.text;
            return giving.includes(name) ? [`${name} gives something: ${at(node)}`] : [];
        }
        const silent = node.type === "invokation_expression" && silentMethods.includes(memberName(node).split("::").at(-1)!);
        return silent ? [] : [`value not used: ${at(node)}`];
    });
}

/** Members that are read of something and that neither a hash literal nor an assignment here makes; those of a type as `[Type]::Member`. */
export function memberErrors(root: Syntax, known: readonly string[]): string[] {
    const made = new Set(ofType(root, "hash_entry").map(entry => entry.namedChild(0)!.text));
    const accesses = [...ofType(root, "member_access"), ...ofType(root, "invokation_expression")];
    const isTarget = (node: Syntax) => node.parent !== null && ascend(node, "left_assignment_expression");
    accesses.filter(isTarget).forEach(node => made.add(memberName(node)));
    const wrong = accesses.filter(node => !made.has(memberName(node)) && !known.includes(memberName(node)));
    return wrong.map(node => `${memberName(node)}: ${at(node)}`);
}

/** Types that are used and not in the list. */
export function typeErrors(root: Syntax, known: readonly string[]): string[] {
    return ofType(root, "type_literal")
        .map(node => node.text.slice(1, -1))
        .filter(type => !known.includes(type));
}

function memberName(node: Syntax): string {
    const name = node.namedChildren.find(child => child?.type === "member_name")?.text ?? "";
    return node.namedChild(0)?.type === "type_literal" ? `${node.namedChild(0)!.text}::${name}` : name;
}

function variableName(node: Syntax): string {
    return node.text.replace(/^[$@]/, "").toLowerCase();
}

function ascend(node: Syntax, type: string): boolean {
    const parent = node.parent;
    return parent !== null && (parent.type === type || (parent.text === node.text && ascend(parent, type)));
}

/** The plain target of an assignment, or the variable of a foreach. */
function isAssigned(node: Syntax): boolean {
    const loop = node.parent?.type === "foreach_statement" ? node.parent : undefined;
    return ascend(node, "left_assignment_expression") || loop?.namedChild(0)!.id === node.id;
}
