import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Prints what Kafka's own classes make of messages, a fact a line:
 *
 * <pre>
 * error CODE NAME RETRIABLE
 * message NAME VERSION BYTES        a message with something in all of its fields, and one with as little as can be
 * default NAME VERSION BYTES        a message as it is when it is new
 * other NAME VERSION OTHER BYTES    the first message of a version, written in another version; or `refused`
 * </pre>
 *
 * <p>Values are made up from the schema of each version, read by the message's class, and what that class writes is
 * printed. The same release of Kafka gives the same bytes every time.
 */
public final class GoldenVectors {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_.é";
    private static final HexFormat HEX = HexFormat.of();

    private final Random random;
    private final boolean full;

    private GoldenVectors(long seed, boolean full) {
        this.random = new Random(seed);
        this.full = full;
    }

    public static void main(String[] names) throws ReflectiveOperationException {
        for (Errors error : Errors.values()) {
            boolean retriable = error.exception() instanceof RetriableException;
            System.out.println("error " + error.code() + " " + error.name() + " " + retriable);
        }
        for (String name : names) {
            Class<?> type = classOf(name);
            Message empty = (Message) type.getConstructor().newInstance();
            short lowest = empty.lowestSupportedVersion();
            short highest = empty.highestSupportedVersion();
            for (short version = lowest; version <= highest; version++) {
                String which = name + " " + version + " ";
                System.out.println("message " + which + written(made(type, name, version, true), version));
                System.out.println("message " + which + written(made(type, name, version, false), version));
                System.out.println("default " + which + written(empty, version));
                for (short other : new short[] {lowest, highest}) {
                    if (other != version) {
                        String bytes = written(made(type, name, other, true), version);
                        System.out.println("other " + name + " " + other + " " + version + " " + bytes);
                    }
                }
            }
        }
    }

    /** A message with made-up values, as its class reads it from bytes that the schema wrote. */
    private static Message made(Class<?> type, String name, short version, boolean full)
            throws ReflectiveOperationException {
        Schema[] schemas = (Schema[]) type.getField("SCHEMAS").get(null);
        long seed = Arrays.hashCode(new Object[] {name, (int) version, full});
        Struct struct = (Struct) new GoldenVectors(seed, full).value(schemas[version], 0);
        ByteBuffer buffer = ByteBuffer.allocate(struct.sizeOf());
        struct.writeTo(buffer);
        buffer.flip();
        Message message = (Message) type.getConstructor().newInstance();
        message.read(new ByteBufferAccessor(buffer), version);
        return message;
    }

    private static String written(Message message, short version) {
        try {
            ByteBuffer bytes = MessageUtil.toByteBufferAccessor(message, version).buffer();
            byte[] content = new byte[bytes.remaining()];
            bytes.get(content);
            return HEX.formatHex(content);
        } catch (UnsupportedVersionException | NullPointerException refused) {
            return "refused";
        }
    }

    private static Class<?> classOf(String name) throws ClassNotFoundException {
        String path = "org.apache.kafka.common.message." + name;
        boolean embedded = name.startsWith("ConsumerProtocol");
        return Class.forName(embedded ? path : path + "Data");
    }

    private Object value(Type type, int depth) {
        if (!full && type.isNullable()) {
            return null;
        }
        if (type instanceof Schema) {
            Struct struct = new Struct((Schema) type);
            for (BoundField field : ((Schema) type).fields()) {
                struct.set(field, value(field.def.type, depth));
            }
            return struct;
        }
        if (type instanceof TaggedFields) {
            return tagged((TaggedFields) type, depth);
        }
        if (type.isArray()) {
            Object[] elements = new Object[full ? (depth < 2 ? 2 : 1) : 0];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = value(type.arrayElementType().orElseThrow(), depth + 1);
            }
            return elements;
        }
        return plain(type.toString());
    }

    private Map<Integer, Object> tagged(TaggedFields type, int depth) {
        Map<Integer, Object> values = new TreeMap<>();
        if (full) {
            for (Map.Entry<Integer, Field> field : type.fields().entrySet()) {
                values.put(field.getKey(), value(field.getValue().type, depth));
            }
        }
        return values;
    }

    private Object plain(String type) {
        String bare = type.replace("COMPACT_", "").replace("NULLABLE_", "");
        switch (bare) {
            case "BOOLEAN":
                return random.nextBoolean();
            case "INT8":
                return (byte) random.nextInt();
            case "INT16":
                return (short) random.nextInt();
            case "UINT16":
                return random.nextInt(1 << 16);
            case "INT32":
                return random.nextInt();
            case "INT64":
                return random.nextLong();
            case "FLOAT64":
                return random.nextDouble();
            case "UUID":
                return new Uuid(random.nextLong(), random.nextLong());
            case "STRING":
                return text();
            case "BYTES":
                return ByteBuffer.wrap(bytes());
            case "RECORDS":
                return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
            default:
                throw new IllegalArgumentException("no value for " + type);
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[full ? 1 + random.nextInt(8) : 0];
        random.nextBytes(bytes);
        return bytes;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int length = full ? 2 + random.nextInt(6) : 0; length > 0; length--) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
