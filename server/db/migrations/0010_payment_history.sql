CREATE TABLE `payment_history` (
	`id` bigint unsigned NOT NULL,
	`payment_id` bigint unsigned NOT NULL,
	`state` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `payment_history_id` PRIMARY KEY(`id`),
	CONSTRAINT `payment_history_state` UNIQUE(`payment_id`,`state`)
);
--> statement-breakpoint
INSERT INTO `payment_history` (`id`,`payment_id`,`state`,`created_at`)
	SELECT row_number() OVER (ORDER BY `created_at`,`payment_id`,`step`),`payment_id`,`state`,`created_at`
	FROM (
		SELECT `id` AS `payment_id`,1 AS `step`,'requested' AS `state`,`created_at` FROM `payments`
		UNION ALL
		SELECT `id`,2,if(`status` = 'captured','approved',`status`),`created_at` FROM `payments`
		WHERE `status` IN ('captured','declined','failed')
	) `states`;--> statement-breakpoint
INSERT INTO `sequences` (`name`,`value`)
	SELECT 'payment_history',(SELECT count(*) FROM `payment_history`) FROM `sequences` WHERE `name` = 'payments';
