// Asks the service of this container whether it is ready; exit code 0 means yes.
const { status } = await fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health/ready`);
process.exit(status === 200 ? 0 : 1);
