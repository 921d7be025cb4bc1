import { CircuitBreaker } from '../src/outbound/circuit-breaker.js';
import { type StripeOptions, StripePaymentGateway } from '../src/payment/stripe/stripe-payment.gateway.js';
import { API_KEY, type Control, SimulatorProcess } from './simulator-process.js';

/** A key of an account at Stripe in test mode: with it the suite calls that account rather than the simulator. */
const REAL_KEY = process.env['STRIPE_API_KEY'] ?? '';

/** Whether the suite calls Stripe itself. */
export const isReal = /^(sk|rk)_test_\w{20,}$/.test(REAL_KEY);

/** The faults of the simulator, none of them. */
const CALM: Control = {
  latencyMs: 0,
  failureRate: 0,
  stallRate: 0,
  keptFailureRate: 0,
  unavailable: false,
  declineRate: 0,
  settleMs: 50,
  duplicateWebhooks: 0,
  lostWebhooks: 0,
  shuffledWebhooks: 0,
  webhookUrl: null,
};

/** What the adapter is tested against: the simulator in a process of its own, or an account at Stripe. */
export class ProviderUnderTest {
  private gateways: StripePaymentGateway[] = [];

  private constructor(private readonly process: SimulatorProcess | undefined) {}

  static async start(): Promise<ProviderUnderTest> {
    return new ProviderUnderTest(isReal ? undefined : await SimulatorProcess.start());
  }

  /** A simulator that runs already, whatever the environment says. Stopped by {@link stop}. */
  static of(simulator: SimulatorProcess): ProviderUnderTest {
    return new ProviderUnderTest(simulator);
  }

  /** An adapter with a breaker that never opens, unless `options` has one. Closed by {@link calm}. */
  gateway(options: Partial<StripeOptions> = {}): StripePaymentGateway {
    const gateway = new StripePaymentGateway({
      baseUrl: this.process?.url ?? 'https://api.stripe.com',
      apiKey: this.process ? API_KEY : REAL_KEY,
      webhookSecrets: [],
      breaker: new CircuitBreaker({ failures: Infinity }),
      ...options,
    });
    this.gateways.push(gateway);
    return gateway;
  }

  /** Closes the adapters and ends all faults. */
  async calm(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.close()));
    this.gateways = [];
    await this.process?.set(CALM);
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.close()));
    await this.process?.stop();
  }
}
