import Fastify from 'fastify';

// Upper limit for HTTP: Fastify with a constant response of the size of a booking.

const app = Fastify();
const constant = JSON.stringify({ constant: 'x'.repeat(1_500) });
app.get('/', (_request, reply) => {
  void reply.type('application/json').send(constant);
});
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
