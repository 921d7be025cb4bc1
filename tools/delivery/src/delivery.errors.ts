/** The base of the errors of this tool: the message says all that a person needs. */
export class DeliveryError extends Error {
  override readonly name: string = 'DeliveryError';
}

/** A step before a deployment ended with something else than success. What ran before still runs. */
export class MigrationFailedError extends DeliveryError {
  override readonly name = 'MigrationFailedError';
  constructor(
    readonly service: string,
    why: string,
  ) {
    super(`the migration of ${service} failed: ${why}`);
  }
}

/** Nobody has written down where the database of a stage is: its stacks are not there, or older than this step. */
export class NoDatabaseError extends DeliveryError {
  override readonly name = 'NoDatabaseError';
  constructor(parameter: string) {
    super(`there is no parameter ${parameter}, which the stack of the data writes`);
  }
}

/** New tasks were not taken over to: AWS has put the old ones back, by an alarm or because the new ones did not come up. */
export class RolloutFailedError extends DeliveryError {
  override readonly name = 'RolloutFailedError';
  constructor(
    readonly service: string,
    why: string,
  ) {
    super(`${service} was not switched over: ${why}`);
  }
}

/** An image has known holes of a severity that is not deployed, or could not be looked at. */
export class ScanFailedError extends DeliveryError {
  override readonly name = 'ScanFailedError';
  constructor(
    readonly service: string,
    why: string,
  ) {
    super(`the image of ${service} is not deployed: ${why}`);
  }
}

/** A stage does not answer as it should once it has been deployed. */
export class SmokeError extends DeliveryError {
  override readonly name = 'SmokeError';
  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`${url} ${why}`, options);
  }
}

/** Something took longer than it may. */
export class DeliveryTimeoutError extends DeliveryError {
  override readonly name = 'DeliveryTimeoutError';
  constructor(what: string, seconds: number) {
    super(`${what} took longer than ${seconds} seconds`);
  }
}

/** A service of AWS refused a call, or did not answer it. */
export class CallFailedError extends DeliveryError {
  override readonly name = 'CallFailedError';
  constructor(what: string, why: string, options?: ErrorOptions) {
    super(`${what} ${why}`, options);
  }
}

/** Secrets that the payment provider makes have no value yet, and nobody says one. */
export class UnprovidedSecretsError extends DeliveryError {
  override readonly name = 'UnprovidedSecretsError';
  constructor(missing: readonly { readonly name: string; readonly variable: string }[]) {
    super(
      `set ${missing.map(({ variable }) => variable).join(' and ')}: ${missing.map(({ name }) => name).join(' and ')} of the payment provider cannot be made up`,
    );
  }
}

/** A secret holds something that is neither a value of chance nor what belongs there. It is not overwritten. */
export class UnreadableSecretError extends DeliveryError {
  override readonly name = 'UnreadableSecretError';
  constructor(secret: string) {
    super(`${secret} holds something else than keys of services: it is left as it is`);
  }
}

/** Nobody has written down where the pages of a stage go: its stacks are not there, or older than this step. */
export class NoPlaceForPagesError extends DeliveryError {
  override readonly name = 'NoPlaceForPagesError';
  constructor(parameter: string) {
    super(`there is no parameter ${parameter}, which the stack of the edge writes`);
  }
}
