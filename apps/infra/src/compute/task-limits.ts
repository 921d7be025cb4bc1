/**
 * The times of a task's end, in seconds, each inside the next: the balancer has stopped sending, the replica has drained,
 * and only then does ECS kill it. Sources: `stopTimeout` on Fargate (at most 120), R01, R03.
 */
export const TASK_LIMITS = {
  /** ALB: an idle connection is closed here first; services keep theirs for 75 s. */
  balancerIdle: 60,
  /** Serving on after SIGTERM while the balancer notices. */
  drainDelay: 10,
  /** ALB: how long a target that goes may finish its requests. */
  deregistration: 60,
  /** When the replica ends even if work is left. */
  drain: 110,
  stop: 120,
} as const;

/** Where a service listens inside its task. */
export const PORT = 3000;
