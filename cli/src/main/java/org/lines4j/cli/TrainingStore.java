package org.lines4j.cli;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A store of this machine that answers as S3 does, as far as [AotTraining] asks: keys are files of
/// a folder, in any bucket.
final class TrainingStore implements Closeable {
  private static final Pattern REQUEST =
      Pattern.compile("GET /[^/ ?]+(?:/([^ ?]*))?(?:\\?(\\S*))? HTTP/1\\.1");
  private static final Pattern RANGE = Pattern.compile("(?i)range: *bytes=(\\d+)-(\\d+)");

  private static final String NO_KEY =
      "<Error><Code>NoSuchKey</Code><Message>nothing here</Message></Error>";

  private final Path folder;
  private final ServerSocket socket;

  TrainingStore(Path folder) throws IOException {
    this.folder = folder;
    socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Leads the SDK of this JVM here.
  void lead() {
    Map.of(
            "aws.endpointUrl", "http://127.0.0.1:" + socket.getLocalPort(),
            "aws.region", "us-east-1",
            "aws.accessKeyId", "anybody",
            "aws.secretAccessKey", "secret")
        .forEach(System::setProperty);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader requests =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        String range = "";
        for (String head = requests.readLine();
            head != null && !head.isEmpty();
            head = requests.readLine()) {
          range = head.toLowerCase(Locale.ROOT).startsWith("range:") ? head : range;
        }
        answer(line, range, client.getOutputStream());
      }
    } catch (IOException e) {
      // whoever asked is gone
    }
  }

  private void answer(String line, String range, OutputStream out) throws IOException {
    Matcher request = REQUEST.matcher(line);
    if (!request.matches()) {
      send(out, "400 Bad Request", "", new byte[0]);
    } else if (request.group(2) != null && request.group(2).contains("list-type=2")) {
      send(
          out,
          "200 OK",
          "Content-Type: application/xml\r\n",
          list().getBytes(StandardCharsets.UTF_8));
    } else {
      get(folder.resolve(String.valueOf(request.group(1))), range, out);
    }
  }

  private static void get(Path file, String header, OutputStream out) throws IOException {
    if (!Files.isRegularFile(file)) {
      send(
          out,
          "404 Not Found",
          "Content-Type: application/xml\r\n",
          NO_KEY.getBytes(StandardCharsets.UTF_8));
      return;
    }
    byte[] bytes = Files.readAllBytes(file);
    Matcher range = RANGE.matcher(header);
    String tag =
        "ETag: \"" + bytes.length + "\"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
    if (!range.matches()) {
      send(out, "200 OK", tag, bytes);
      return;
    }
    int from = Integer.parseInt(range.group(1));
    int to = (int) Math.min(bytes.length, Long.parseLong(range.group(2)) + 1);
    String part = "Content-Range: bytes %d-%d/%d\r\n".formatted(from, to - 1, bytes.length);
    send(out, "206 Partial Content", tag + part, Arrays.copyOfRange(bytes, from, to));
  }

  private static void send(OutputStream out, String status, String headers, byte[] body)
      throws IOException {
    String head =
        "HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n".formatted(status, body.length, headers);
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    out.flush();
  }

  /// All keys, whatever the prefix.
  private String list() throws IOException {
    StringBuilder xml = new StringBuilder("<ListBucketResult>");
    List<Path> files;
    try (var all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      xml.append(
              "<Contents><Key>%s</Key><Size>%d</Size><ETag>\"%2$d\"</ETag>"
                  .formatted(folder.relativize(file), Files.size(file)))
          .append("<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>");
    }
    return xml.append("<IsTruncated>false</IsTruncated></ListBucketResult>").toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
