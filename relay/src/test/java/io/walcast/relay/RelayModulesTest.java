package io.walcast.relay;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.originOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.debezium.embedded.Connect;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/** The module graph of the relay: who may know whom. */
class RelayModulesTest {

    private static final String ROOT = "io.walcast.relay";

    private static final String ARROWS = """
            (root) -> doctor kafka runtime
            admission -> gateway.formats kafka wal
            delivery -> events runtime wal
            doctor -> wal
            events -> feed rooms
            feed -> rooms runtime
            gateway -> gateway.formats gateway.websocket runtime
            gateway.chat -> feed rooms
            gateway.engineio -> gateway.formats gateway.websocket
            gateway.json -> gateway.chat gateway.formats gateway.websocket rooms
            gateway.socketio -> gateway.engineio gateway.formats gateway.websocket
            gateway.socketiochat -> gateway.chat gateway.socketio gateway.websocket rooms
            gateway.websocket -> gateway.formats
            kafka -> delivery events runtime wal
            ops -> ops.canary ops.slots wal
            ops.actions -> delivery runtime wal
            ops.canary -> delivery runtime wal
            ops.console -> delivery gateway.formats gateway.websocket ops ops.actions ops.slots rooms runtime \
            wal
            ops.slots -> delivery runtime wal
            rooms -> runtime
            wal -> runtime
            """;

    private static final String PUBLIC_TYPES = """
            (root): RelayConfiguration WalcastRelay
            delivery: CanaryRows DeliverySettings IdRange MessageStages OutboxSettings Parked Sink \
            UnsettledRows
            doctor: Doctor
            events: ChatEvent EventCatalogue EventKind RoomEvents UndeliverableException UnknownTopics
            feed: FeedClient FeedResult FeedSubject Feeds
            gateway.chat: Answer Chat ChatClient ChatSettings ClientLink ErrorCode ErrorsOnly Json Refusal \
            RequestRate
            gateway.engineio: CloseCause EngineApplication EngineListener EnginePacket EngineServer \
            EngineSession EngineSettings Handshake MalformedPacketException RandomIds
            gateway.formats: ClientFormat Ending
            gateway.json: JsonClients
            gateway.socketio: Ack ConnectRefused EventFrame Recovery Socket SocketIoApplication SocketIoServer \
            SocketIoSettings SocketListener
            gateway.websocket: Connections Frame HandlerServlet HandshakeCheck ListenerHandler Newcomers \
            OpeningCheck OriginCheck SendBudget TomcatBuffers TransportKind TransportSession TransportSettings \
            UpgradeHandler WebSocketConnection WebSocketListener WebSocketUpgrade
            kafka: KafkaConfiguration TailStatus
            ops: Condition RelayCondition RelayState
            ops.actions: AuditLog
            ops.canary: Canary
            ops.slots: Backlog Sample Slot SlotHistory SlotMonitor SlotReport WalHoldingTransaction
            rooms: EventNames JoinPosition JoinResult PresenceList RoomEvent RoomStats Rooms Subscriber WireFormat
            runtime: Backoff LifecycleThread RelayDatabase ShutdownOrder ShutdownStep StageTimer \
            TaskThreads Tasks
            wal: Doubt Footing HaltedException LatencyProfile NotOwnerException Obstacle OutboxConsumer \
            OutboxRow Ownership SinkDownException WalSettings WalSocketFactory WalStatus WalSupervisor
            """;

    private static final SliceAssignment EACH_PACKAGE = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "each package";
        }
    };

    private static final JavaClasses RELAY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static final String[] WIRES = {
        "..gateway.engineio..", "..gateway.socketio..", "..gateway.socketiochat..", "..gateway.json.."
    };

    @Test
    void packagesHaveNoCyclesNorHasTheRootPackage() {
        slices().assignedFrom(EACH_PACKAGE).should().beFreeOfCycles().check(RELAY);
    }

    /** An arrow that is missing here may not be drawn without a thought, and one that is not needed any more goes. */
    @Test
    void packagesKnowThoseThatTheyMay() {
        assertThat(arrows()).isEqualTo(ARROWS);
    }

    /** By package: what others may use. */
    @Test
    void onlyWhatOtherPackagesNeedIsPublic() {
        assertThat(publicTypes()).isEqualTo(PUBLIC_TYPES);
    }

    private static String arrows() {
        var arrows = new TreeMap<String, Set<String>>();
        RELAY.forEach(type -> type.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                .filter(target -> target.getPackageName().startsWith(ROOT))
                .filter(target -> !target.getPackageName().equals(type.getPackageName()))
                .forEach(target -> arrows.computeIfAbsent(name(type), any -> new TreeSet<>())
                        .add(name(target))));
        return lines(arrows, " -> ");
    }

    private static String publicTypes() {
        var types = new TreeMap<String, Set<String>>();
        RELAY.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .forEach(type -> types.computeIfAbsent(name(type), any -> new TreeSet<>())
                        .add(type.getSimpleName()));
        return lines(types, ": ");
    }

    private static String name(JavaClass type) {
        String name = type.getPackageName().substring(ROOT.length());
        return name.isEmpty() ? "(root)" : name.substring(1);
    }

    private static String lines(Map<String, Set<String>> map, String between) {
        return map.entrySet().stream()
                .map(entry -> entry.getKey() + between + String.join(" ", entry.getValue()) + "\n")
                .collect(joining());
    }

    @Test
    void theRelayKnowsNothingOfTheApp() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.walcast.app..")
                .check(RELAY);
    }

    @Test
    void roomsKnowNothingOfTheOutbox() {
        mustNotKnow("..rooms..", "..wal..", "..delivery..", "..gateway..", "..ops..");
    }

    @Test
    void theWalKnowsNothingOfWhatBecomesOfItsRows() {
        mustNotKnow("..wal..", "..rooms..", "..delivery..", "..gateway..", "..ops..");
    }

    @Test
    void deliveryKnowsNothingOfSockets() {
        mustNotKnow("..delivery..", "..gateway..", "..ops..");
    }

    @Test
    void onlyTheWalKnowsTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..wal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..")
                .check(RELAY);
    }

    @Test
    void theEngineIsKnownByItsPublicInterfaceOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..")
                        .and(not(resideInAnyPackage(
                                "io.debezium.engine..",
                                "org.apache.kafka.connect.data..",
                                "org.apache.kafka.connect.source..")))
                        .and(not(type(Connect.class))))
                .check(RELAY);
    }

    @Test
    void onlyTheWebSocketLayerKnowsTheContainer() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..gateway.websocket..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.catalina..", "org.apache.coyote..", "org.apache.tomcat..", "jakarta.websocket..")
                .check(RELAY);
    }

    @Test
    void everyWebSocketIsOpenedBySpring() {
        noClasses()
                .should()
                .beAnnotatedWith(ServerEndpoint.class)
                .orShould()
                .callMethodWhere(calls(ServerContainer.class, "addEndpoint", "upgradeHttpToWebSocket"))
                .orShould()
                .callMethodWhere(calls(HttpServletRequest.class, "upgrade")
                        .and(not(originOwner(assignableTo(RequestUpgradeStrategy.class)))))
                .because("an endpoint beside Spring's has none of its interceptors: it asks nobody for an origin")
                .check(RELAY);
    }

    @Test
    void protocolsKnowNothingOfTheChat() {
        mustNotKnow("..gateway.websocket..", "..gateway.engineio..", "..gateway.socketio..");
        mustNotKnow("..gateway.engineio..", "..gateway.socketio..", "tools.jackson..");
        for (String protocol : List.of("..gateway.websocket..", "..gateway.engineio..", "..gateway.socketio..")) {
            mustNotKnow(protocol, "..rooms..", "..delivery..", "..wal..", "..gateway.chat..");
            mustNotKnow(protocol, "..gateway.json..", "..gateway.socketiochat..");
        }
    }

    @Test
    void theChatKnowsNoWire() {
        mustNotKnow("..gateway.chat..", "..gateway.websocket..", "..gateway.formats..");
        mustNotKnow("..gateway.chat..", WIRES);
    }

    @Test
    void wireFormatsAreAskedThroughOneInterface() {
        mustNotKnow("..gateway.formats..", "..rooms..", "..gateway.chat..");
        mustNotKnow("..gateway.formats..", WIRES);
        mustNotKnow("io.walcast.relay.gateway", WIRES);
        mustNotKnow("..ops..", WIRES);
    }

    private static DescribedPredicate<JavaMethodCall> calls(Class<?> owner, String... methods) {
        return DescribedPredicate.describe(
                "target is " + owner.getSimpleName() + "." + String.join(" or ", methods),
                call -> call.getTargetOwner().isAssignableTo(owner)
                        && List.of(methods).contains(call.getName()));
    }

    private static void mustNotKnow(String who, String... whom) {
        noClasses()
                .that()
                .resideInAPackage(who)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(whom)
                .allowEmptyShould(true)
                .check(RELAY);
    }
}
