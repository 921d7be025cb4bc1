import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import { IdentityConfigError } from '../identity.errors.js';
import { ServiceTokenVerifier } from '../service/service-token-verifier.js';
import { accessOf, asksLiveSession } from './access.js';
import { reservePrincipal } from './principal.js';
import { Revocations } from './revocations.js';

/** Prepares the server, and finds at the start, not at the first request, that a route asks for what was not given. */
@Injectable()
export class RouteCheck implements OnModuleInit {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Optional() @Inject(HttpAdapterHost) private readonly host?: HttpAdapterHost,
    @Optional() private readonly revocations?: Revocations,
    @Optional() private readonly services?: ServiceTokenVerifier,
  ) {}

  /** Throws an IdentityConfigError that names the route. */
  onModuleInit(): void {
    reservePrincipal(this.host?.httpAdapter?.getInstance());
    const scanner = new MetadataScanner();
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, object>;
      for (const method of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[method];
        if (handler) this.#check(`${metatype.name}.${method}`, handler, metatype);
      }
    }
  }

  #check(route: string, handler: object, controller: object): void {
    if (!this.revocations && asksLiveSession(handler, controller)) {
      throw new IdentityConfigError(`${route} asks for a live session: IdentityModule needs "revocations"`);
    }
    if (!this.services && accessOf(handler, controller).kind === 'services') {
      throw new IdentityConfigError(`${route} is for services: IdentityModule needs "services"`);
    }
  }
}
