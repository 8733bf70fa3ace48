package org.lines4j.conformance.web;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A server of HTTP/1.1 on this machine that does what it is told, right or wrong, and counts.
public final class WebServer implements AutoCloseable {
  private static final int LONGEST_LINE = 1 << 16;
  private static final int LONGEST_BODY = 1 << 28;

  private final ServerSocketChannel server;
  private final Handler handler;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong sent = new AtomicLong();

  /// What a server does.
  @FunctionalInterface
  public interface Handler {
    /// Answers, from any thread.
    Answer answer(Request request) throws IOException;
  }

  private WebServer(ServerSocketChannel server, Handler handler) {
    this.server = server;
    this.handler = handler;
  }

  /// Starts one on a port that is free.
  public static WebServer start(Handler handler) throws IOException {
    return start(0, handler);
  }

  /// Starts one.
  ///
  /// @param port 0 for any that is free
  public static WebServer start(int port, Handler handler) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    WebServer started = new WebServer(channel, handler);
    Thread.ofVirtual().start(started::accept);
    return started;
  }

  /// Where it is: `http://127.0.0.1:PORT`.
  public String address() {
    return "http://127.0.0.1:" + server.socket().getLocalPort();
  }

  /// What was asked so far.
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /// The bytes that were sent, headers included.
  public long bytesSent() {
    return sent.get();
  }

  /// Forgets what was asked and sent.
  public void reset() {
    requests.clear();
    sent.set(0);
  }

  private void accept() {
    try {
      while (server.isOpen()) {
        SocketChannel connection = server.accept();
        connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(SocketChannel connection) {
    open.add(connection);
    try (connection) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
      boolean goesOn = true;
      while (goesOn) {
        String first = line(in);
        if (first.isEmpty()) {
          return;
        }
        String[] words = first.split(" ", -1);
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          int colon = line.indexOf(':');
          headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        Request request = new Request(words[0], words[1], headers, body(in, headers, connection));
        requests.add(request);
        goesOn = send(connection, request, handler.answer(request));
      }
    } catch (IOException | InterruptedException e) {
      // the other side has had enough
    } finally {
      open.remove(connection);
    }
  }

  private byte[] body(InputStream in, Map<String, String> headers, SocketChannel connection)
      throws IOException {
    Request head = new Request("", "", headers, new byte[0]);
    int length = Integer.parseInt(head.header("Content-Length").orElse("0"));
    if (head.header("Expect").isPresent()) {
      counted(connection)
          .write(ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
    }
    return in.readNBytes(Math.clamp(length, 0, LONGEST_BODY));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && line.length() < LONGEST_LINE; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private boolean send(SocketChannel connection, Request request, Answer answer)
      throws IOException, InterruptedException {
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" Whatever\r\n");
    answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: " + answer.claimed().orElse(answer.count()) + "\r\n\r\n");
    WritableByteChannel counted = counted(connection);
    counted.write(ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.UTF_8)));
    if (request.method().equals("HEAD")) {
      return true;
    }
    long count = Math.min(answer.count(), answer.cutAfter().orElse(Long.MAX_VALUE));
    if (answer.silence().isZero()) {
      answer.content().writeTo(counted, answer.from(), count);
    } else {
      for (long done = 0; done < count; ) {
        Thread.sleep(answer.silence());
        long piece = Math.min(answer.piece(), count - done);
        answer.content().writeTo(counted, answer.from() + done, piece);
        done += piece;
      }
    }
    return count == answer.count() && answer.claimed().isEmpty();
  }

  private WritableByteChannel counted(SocketChannel connection) {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer bytes) throws IOException {
        int all = bytes.remaining();
        while (bytes.hasRemaining()) {
          sent.addAndGet(connection.write(bytes));
        }
        return all;
      }

      @Override
      public boolean isOpen() {
        return connection.isOpen();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel connection : open) {
      connection.close();
    }
  }
}
