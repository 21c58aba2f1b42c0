import { checkRun } from "../../../drift/document";
import { upper } from "../../../drift/path";
import type { Undecided } from "../../../drift/restarts";
import { Declaration, Problem } from "../../../drift/types";
import { isOneByOne } from "../../internal/oneByOne";

/** What the components of one host take for themselves while the program is being built. */
export class Claims {
    private readonly documents = new Map<string, Declaration | undefined>();
    private readonly readers: Undecided[] = [];
    /** What restarts a service where it is needed, by upper-cased name: the names of what it has restarted in the end. */
    private readonly restarting = new Map<string, Promise<string[]>>();

    constructor(private readonly host: string) {}

    /** Of documents. */
    get size(): number {
        return this.documents.size;
    }

    /** Why a document may not have its id, or its values where they are known already: two documents with one id or one value are refused. */
    check(id: string, declaration: Declaration | undefined, restartServices: string[] = [], property = "restartServices"): Problem[] {
        const late = restartServices.filter((one) => this.restarting.has(upper(one)));
        if (late.length > 0) {
            const why = `${late.join(", ")} is restarted by a component that was declared before this one, so before these values are written`;
            const remedy = isOneByOne() ? 'Give that one "dependsOn" with this component' : "Declare this component first";
            return [{ property, message: `${why}. ${remedy}${property === "restart" ? ', or give that one restart: "never" where this one restarts it too' : ""}` }];
        }
        if (this.documents.has(id)) {
            return [{ property: "document", message: `another component of host "${this.host}" has the document id "${id}" already; give one of them another "document"` }];
        }
        const others = [...this.documents.values()].filter((one) => one !== undefined);
        return declaration === undefined ? [] : checkRun([...others, declaration]);
    }

    /** Takes the id, and the values; with the services that read what it writes. */
    take(id: string, declaration: Declaration | undefined, readBy: string[] = []): void {
        this.documents.set(id, declaration);
        this.readers.push({ id, readBy });
    }

    /** Documents that are not among those that were decided. */
    undecided(decided: Declaration[]): Undecided[] {
        return this.readers.filter(({ id }) => !decided.some((one) => one.id === id));
    }

    /** A component restarts the service, after all that were declared before it. */
    restarts(service: string, restarted: Promise<string[]>): void {
        this.restarting.set(upper(service), restarted);
    }

    /** Those of the services that this run does not restart in the end. */
    async notRestarted(services: string[]): Promise<string[]> {
        const done = await Promise.all(services.map((one) => this.restarting.get(upper(one)) ?? []));
        return services.filter((one) => !done.flat().some((other) => upper(other) === upper(one)));
    }
}
