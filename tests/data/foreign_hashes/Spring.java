// Makes spring.json: hashes by Spring Security's DelegatingPasswordEncoder itself.
//
// Needs spring-security-crypto, spring-core, commons-logging, and Bouncy Castle (bcprov) for scrypt and Argon2:
//
//     java -Dstdout.encoding=UTF-8 -cp "$JARS" Spring.java 7.1.1 >spring.json
//
// Last run with spring-security-crypto compiled from the source of its tag 7.1.1.

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.security.crypto.scrypt.SCryptPasswordEncoder;

class Spring {
    static final List<String> found = new ArrayList<>();

    @SuppressWarnings("deprecation")
    public static void main(String[] args) throws Exception {
        String version = args[0];
        List<String> passwords = new ArrayList<>();
        // Each password is a line of its own, with JSON's escapes of `\` and `"`.
        Matcher lines = Pattern.compile("(?m)^ *\"(.*)\",?$").matcher(Files.readString(Path.of("passwords.json")));
        while (lines.find()) {
            passwords.add(lines.group(1).replaceAll("\\\\(.)", "$1"));
        }

        Map<String, PasswordEncoder> quick = new LinkedHashMap<>();
        quick.put("bcrypt", new BCryptPasswordEncoder(4));
        quick.put("scrypt@SpringSecurity_v5_8", new SCryptPasswordEncoder(16, 8, 1, 32, 16));
        quick.put("scrypt", new SCryptPasswordEncoder(16, 8, 2, 32, 64));
        quick.put("argon2@SpringSecurity_v5_8", new Argon2PasswordEncoder(16, 32, 1, 64, 1));
        quick.put("argon2", new Argon2PasswordEncoder(16, 32, 2, 64, 1));
        Map<String, PasswordEncoder> defaults = new LinkedHashMap<>();
        defaults.put("bcrypt", new BCryptPasswordEncoder());
        defaults.put("scrypt@SpringSecurity_v5_8", SCryptPasswordEncoder.defaultsForSpringSecurity_v5_8());
        defaults.put("scrypt", SCryptPasswordEncoder.defaultsForSpringSecurity_v4_1());
        defaults.put("argon2@SpringSecurity_v5_8", Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8());
        defaults.put("argon2", Argon2PasswordEncoder.defaultsForSpringSecurity_v5_2());
        defaults.put("pbkdf2@SpringSecurity_v5_8", Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_8());
        defaults.put("pbkdf2", Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_5());
        for (String id : quick.keySet()) {
            for (String password : passwords) {
                add(version, id, quick, password);
            }
        }
        for (String id : defaults.keySet()) {
            add(version, id, defaults, passwords.get(0));
        }
        // Its cost can't be chosen, since the hash does not say it.
        add(version, "pbkdf2@SpringSecurity_v5_8", defaults, passwords.get(2));
        System.out.println("[\n" + String.join(",\n", found) + "\n]");
    }

    static void add(String version, String id, Map<String, PasswordEncoder> encoders, String password) {
        String hash;
        try {
            hash = new DelegatingPasswordEncoder(id, encoders).encode(password);
        } catch (IllegalArgumentException refused) {
            // BCryptPasswordEncoder takes no more than 72 bytes, so that no such hash exists.
            if (!refused.getMessage().contains("72 bytes")) {
                throw refused;
            }
            return;
        }
        if (!PasswordEncoderFactories.createDelegatingPasswordEncoder().matches(password, hash)) {
            throw new IllegalStateException(id);
        }
        found.add("""
              {
                "system": "Spring Security",
                "version": "%s",
                "scheme": "%s",
                "password": "%s",
                "hash": "%s"
              }""".formatted(version, id.replaceAll("@.*", ""),
                password.replaceAll("[\\\\\"]", "\\\\$0"), hash));
    }
}
