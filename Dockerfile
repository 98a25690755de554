# One image for every process of Walcast: docker build --build-arg JAR=relay/target/walcast-relay.jar .
# The jars come from ./mvnw package.
ARG JAR=app/target/walcast.jar

FROM eclipse-temurin:25-jre AS layers
ARG JAR
COPY ${JAR} /walcast.jar
# Layers, the least changed first, so that a new build of the same dependencies is a few hundred kilobytes.
RUN java -Djarmode=tools -jar /walcast.jar extract --layers --destination /layers

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin walcast
WORKDIR /walcast
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
COPY --chmod=555 docker/healthy /usr/local/bin/healthy
USER walcast
# A container has no PostgreSQL of its own. A port on loopback could be reached from inside the container only.
ENV WALCAST_DB_EMBEDDED=false SERVER_ADDRESS=0.0.0.0 SERVER_PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["healthy"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-jar", "walcast.jar"]
