<?php
// Makes php.json: hashes by PHP itself, as Laravel, Symfony and WordPress plugins use it.
//
//     php php.php >php.json

$passwords = json_decode(file_get_contents(__DIR__ . '/passwords.json'));
$quick_argon2 = ['memory_cost' => 64, 'time_cost' => 1, 'threads' => 1];
$cases = [
    ['bcrypt', PASSWORD_BCRYPT, ['cost' => 4], $passwords],
    ['bcrypt', PASSWORD_BCRYPT, [], [$passwords[0]]],
    ['argon2', PASSWORD_ARGON2I, $quick_argon2, $passwords],
    ['argon2', PASSWORD_ARGON2I, [], [$passwords[0]]],
    ['argon2', PASSWORD_ARGON2ID, $quick_argon2, $passwords],
    ['argon2', PASSWORD_ARGON2ID, [], [$passwords[0]]],
];
$found = [];
foreach ($cases as [$scheme, $algorithm, $options, $some]) {
    foreach ($some as $password) {
        $found[] = [
            'system' => 'PHP', 'version' => PHP_VERSION, 'scheme' => $scheme, 'password' => $password,
            'hash' => password_hash($password, $algorithm, $options),
        ];
    }
}
echo json_encode($found, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
