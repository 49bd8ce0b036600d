# For production: docker build --target production .
# The demo target also contains the stand-ins for Stripe and Pusher.
FROM node:24-slim AS demo
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY prisma prisma
COPY src src
RUN mkdir .data && chown node .data
ENV HOST=0.0.0.0
USER node
EXPOSE 3000
CMD ["node", "src/main.ts"]

FROM demo AS production
USER root
RUN rm -r src/sandbox .data
USER node
ENV NODE_ENV=production
